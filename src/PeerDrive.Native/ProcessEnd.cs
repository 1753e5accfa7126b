using System.Globalization;

namespace PeerDrive.Native;

/// <summary>How a process ends that is ending just now.</summary>
/// <seealso href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"/>
public static class ProcessEnd
{
    private const int FirstField = 3, FlagsField = 9, ExitCodeField = 52;
    private const int Exiting = 0x4, SignalBits = 0x7F;

    /// <summary>SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS: nobody ends a program so who has another way.</summary>
    private static readonly int[] Crashes = [4, 5, 6, 7, 8, 9, 11, 24, 25, 31];

    /// <summary>Whether it ends by a fault of its own, or is killed. Not so who exits, or is told to end.</summary>
    /// <param name="process">A process, or a thread of one. False, when it is gone or nobody's business.</param>
    public static bool IsCrash(uint process)
    {
        if (process == 0) return false;
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        // The second field is a name in brackets, which may hold anything.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return Number(FlagsField) is var flags && (flags & Exiting) != 0 && Crashes.Contains((int)Number(ExitCodeField) & SignalBits);

        long Number(int field) => fields.Length > field - FirstField && long.TryParse(fields[field - FirstField], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
