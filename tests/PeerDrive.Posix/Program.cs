using PeerDrive.Posix;
using PeerDrive.Posix.Conformance;
using PeerDrive.Posix.Crashes;
using PeerDrive.Posix.Exercising;
using PeerDrive.Posix.Trees;

const string usage = """
    conformance DIR [--filter TEXT] [--json FILE]
    exercise DIR [--seed S] [--operations N] [--files N] [--workers N] [--large] [--reopen-every K] [--meanwhile COMMAND] [--keep]
    tree DIR [--seed S] [--operations N] [--compare-every K]
    crash-writer DIR --ledger FILE [--seed S] [--operations N]
    crash-check DIR --ledger FILE
    """;
try
{
    var options = new Options(args);
    return options.Command switch
    {
        "conformance" => new ConformanceRun(options.Directory, options.Text("filter", ""), options.Text("json")).Run(),
        "exercise" => ExerciseRun.Run(options),
        "tree" => TreeRun.Run(options),
        "crash-writer" => CrashWriter.Run(options),
        "crash-check" => CrashCheck.Run(options),
        "hold" => LockHolder.Run(args[1..]),
        _ => throw new UsageException($"{options.Command} is no command."),
    };
}
catch (UsageException e)
{
    Console.Error.WriteLine($"{e.Message}\n{usage}");
    return 2;
}
