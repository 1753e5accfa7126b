using System.Diagnostics;

namespace PeerDrive.Posix.Exercising;

/// <summary>The command <c>exercise</c>.</summary>
internal sealed class ExerciseRun
{
    private const int FilesOfWorker = 1000;

    private readonly long seed;
    private readonly long operations;
    private readonly long reopenEvery;
    private readonly int files;
    private readonly bool isLarge;
    private readonly Progress progress;
    private readonly Lock gate = new();
    private readonly SortedSet<string> unsupported = new(StringComparer.Ordinal);
    private volatile bool hasFailed;

    private ExerciseRun(Options options, int workers)
    {
        seed = options.Number("seed", Environment.TickCount64);
        operations = options.Number("operations", 100_000) / workers;
        reopenEvery = options.Number("reopen-every", 0);
        files = (int)options.Number("files", 4);
        isLarge = options.Has("large");
        progress = new Progress(operations * workers, workers);
    }

    /// <returns>The exit code.</returns>
    public static int Run(Options options)
    {
        var workers = (int)Math.Max(1, options.Number("workers", 1));
        var run = new ExerciseRun(options, workers);
        Console.WriteLine(
            $"exercise {options.Directory} --seed {run.seed} --operations {run.operations * workers} --workers {workers} --reopen-every {run.reopenEvery}{(run.isLarge ? " --large" : "")}");
        using var place = new Place(options.Directory, "exercise");
        using var meanwhile = options.Text("meanwhile") is { } command ? Process.Start("/bin/sh", ["-c", $"while :; do {command}; done"]) : null;
        try
        {
            var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => run.Work(worker))).ToList();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
        }
        finally
        {
            meanwhile?.Kill(entireProcessTree: true);
        }
        place.Keep = run.hasFailed || options.Has("keep");
        if (run.hasFailed) Console.WriteLine($"files are kept in {Environment.CurrentDirectory}");
        else Console.WriteLine($"{run.operations * workers} operations, 0 mismatches, {run.progress.Elapsed.TotalSeconds:f1} s" + (run.unsupported.Count > 0 ? $"; not supported: {string.Join(", ", run.unsupported)}" : ""));
        return run.hasFailed ? 1 : 0;
    }

    /// <summary>One thread: with its own files and its own chance, so that what it does is the same whatever the others do.</summary>
    private void Work(int worker)
    {
        Exerciser? exerciser = null;
        long done = 0;
        try
        {
            exerciser = new Exerciser(new Chance((ulong)(seed + worker * 1_000_003L)), worker * FilesOfWorker, files, isLarge);
            for (; done < operations && !hasFailed; done++)
            {
                exerciser.Step();
                if (reopenEvery > 0 && (done + 1) % reopenEvery == 0) exerciser.ReopenAll();
                if (worker == 0) progress.Tell(done);
            }
            if (hasFailed) return;
            exerciser.CompareAll();
            exerciser.ReopenAll();
            exerciser.CloseAll();
            lock (gate) unsupported.UnionWith(exerciser.Unsupported);
        }
        catch (Exception e)
        {
            hasFailed = true;
            lock (gate)
            {
                foreach (var step in exerciser?.Steps ?? []) Console.WriteLine($"  {step}");
                Console.WriteLine($"mismatch in operation {done + 1} of worker {worker}, seed {seed}: {(e is MismatchException ? e.Message : e)}");
            }
        }
    }
}
