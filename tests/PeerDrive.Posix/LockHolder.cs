using System.Diagnostics;
using System.Globalization;
using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix;

/// <summary>A second process that takes locks on orders: this program started again as <c>hold FILE</c>.</summary>
internal sealed class LockHolder : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Process process;

    /// <summary>Opens a file, by its name relative to the working directory, in the other process.</summary>
    public LockHolder(string file)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(LockHolder).Assembly.Location);
        start.ArgumentList.Add("hold");
        start.ArgumentList.Add(file);
        process = Process.Start(start)!;
    }

    /// <param name="order">
    /// <c>flock OPERATION</c>, <c>record TYPE START LENGTH</c>, <c>ask TYPE START LENGTH</c> (type of the lock in the way),
    /// <c>reopen</c> (opens and closes the file once more).
    /// </param>
    /// <returns>What the system call came to there.</returns>
    public long Order(string order)
    {
        process.StandardInput.WriteLine(order);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLineAsync().WaitAsync(Limit).GetAwaiter().GetResult();
        return answer is null ? throw new CheckFailedException("The other process ended.") : long.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(Limit)) process.Kill();
        process.Dispose();
    }

    /// <summary>The other process.</summary>
    public static int Run(string[] arguments)
    {
        var fd = (int)Open(arguments[0], O_RDWR);
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            Console.WriteLine(fd < 0 ? fd : Do(fd, words, arguments[0]));
        }
        return 0;
    }

    private static long Do(int fd, string[] words, string file)
    {
        long Number(int at) => long.Parse(words[at], CultureInfo.InvariantCulture);
        switch (words[0])
        {
            case "flock":
                return FLock(fd, (int)Number(1));
            case "reopen":
                return Close((int)Open(file, O_RDWR));
            default:
                var range = new RecordLock { Type = (short)Number(1), Start = Number(2), Length = Number(3) };
                var outcome = FileCalls.RecordLock(fd, words[0] == "ask" ? F_GETLK : F_SETLK, ref range);
                return words[0] == "ask" && outcome == 0 ? range.Type : outcome;
        }
    }
}
