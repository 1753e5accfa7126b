namespace PeerDrive.Posix.Crashes;

/// <summary>The command <c>crash-check</c>: that all that a ledger promises is there.</summary>
internal static class CrashCheck
{
    /// <returns>The exit code: 0 when no promise is broken.</returns>
    public static int Run(Options options)
    {
        int runs = 0, names = 0, broken = 0;
        foreach (var (run, promises) in LedgerReader.Read(options.Required("ledger")))
        {
            runs++;
            names += promises.Count;
            var top = Path.Combine(options.Directory, run);
            var wrong = promises.Directories.Where(directory => !Directory.Exists(Path.Combine(top, directory)) && !promises.MayHaveMoved(directory))
                .Select(directory => $"{directory}: the directory is missing")
                .Concat(promises.Broken(name => Read(Path.Combine(top, name))));
            foreach (var line in wrong)
            {
                broken++;
                Console.WriteLine($"broken: {run}: {line}");
            }
        }
        Console.WriteLine($"{runs} runs, {names} names checked, {broken} broken");
        return broken == 0 && runs > 0 ? 0 : 1;
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
