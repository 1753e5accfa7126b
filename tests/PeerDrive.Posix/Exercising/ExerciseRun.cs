using System.Diagnostics;

namespace PeerDrive.Posix.Exercising;

/// <summary>The command <c>exercise</c>.</summary>
internal static class ExerciseRun
{
    /// <returns>The exit code.</returns>
    public static int Run(Options options)
    {
        var seed = options.Number("seed", Environment.TickCount64);
        var operations = options.Number("operations", 100_000);
        var reopenEvery = options.Number("reopen-every", 0);
        Console.WriteLine($"exercise {options.Directory} --seed {seed} --operations {operations} --reopen-every {reopenEvery}{(options.Has("large") ? " --large" : "")}");
        using var place = new Place(options.Directory, "exercise");
        using var meanwhile = options.Text("meanwhile") is { } command ? Process.Start("/bin/sh", ["-c", $"while :; do {command}; done"]) : null;
        var exerciser = new Exerciser(new Chance((ulong)seed), (int)options.Number("files", 4), options.Has("large"));
        var progress = new Progress(operations);
        long done = 0;
        try
        {
            for (; done < operations; done++)
            {
                exerciser.Step();
                if (reopenEvery > 0 && (done + 1) % reopenEvery == 0) exerciser.ReopenAll();
                progress.Tell(done);
            }
            exerciser.CompareAll();
            exerciser.ReopenAll();
            exerciser.CloseAll();
        }
        catch (MismatchException e)
        {
            place.Keep = true;
            foreach (var step in exerciser.Steps) Console.WriteLine($"  {step}");
            Console.WriteLine($"mismatch in operation {done + 1}, seed {seed}: {e.Message}\nfiles are kept in {Environment.CurrentDirectory}");
            return 1;
        }
        finally
        {
            meanwhile?.Kill(entireProcessTree: true);
        }
        var unsupported = exerciser.Unsupported.Order(StringComparer.Ordinal).ToList();
        Console.WriteLine($"{operations} operations, 0 mismatches, {progress.Elapsed.TotalSeconds:f1} s" + (unsupported.Count > 0 ? $"; not supported: {string.Join(", ", unsupported)}" : ""));
        return 0;
    }
}
