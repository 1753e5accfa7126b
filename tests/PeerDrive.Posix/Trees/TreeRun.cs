namespace PeerDrive.Posix.Trees;

/// <summary>The command <c>tree</c>.</summary>
internal static class TreeRun
{
    /// <returns>The exit code.</returns>
    public static int Run(Options options)
    {
        var seed = options.Number("seed", Environment.TickCount64);
        var operations = options.Number("operations", 20_000);
        var compareEvery = Math.Max(1, options.Number("compare-every", 2000));
        Console.WriteLine($"tree {options.Directory} --seed {seed} --operations {operations} --compare-every {compareEvery}");
        using var place = new Place(options.Directory, "tree");
        var tree = new TreeExerciser(new Chance((ulong)seed));
        var progress = new Progress(operations);
        long done = 0;
        try
        {
            for (; done < operations; done++)
            {
                tree.Step();
                if ((done + 1) % compareEvery == 0)
                {
                    tree.CompareAll();
                    Place.DropCaches();
                }
                progress.Tell(done);
            }
            Place.DropCaches();
            tree.CompareAll();
        }
        catch (MismatchException e)
        {
            place.Keep = true;
            foreach (var step in tree.Steps) Console.WriteLine($"  {step}");
            Console.WriteLine($"mismatch in operation {done + 1}, seed {seed}: {e.Message}\nfiles are kept in {Environment.CurrentDirectory}");
            return 1;
        }
        Console.WriteLine($"{operations} operations, 0 mismatches, {tree.Entries} entries at the end, {progress.Elapsed.TotalSeconds:f1} s");
        return 0;
    }
}
