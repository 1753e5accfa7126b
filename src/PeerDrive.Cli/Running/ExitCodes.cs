namespace PeerDrive.Cli.Running;

/// <summary>How the program ends. Other codes are those of the node's problems, listed in docs/glossary.md under Problem.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Internal = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Corrupt = 6;
    public const int Unreachable = 11;
    public const int Conflict = 16;
    public const int Io = 17;

    /// <summary>Interrupted with Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
