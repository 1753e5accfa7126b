namespace PeerDrive.Cli.Rendering;

/// <summary>How many characters fit on a line of the terminal.</summary>
internal static class TerminalWidth
{
    private const int Usual = 80;

    public static int Now => Console.WindowWidth is var width and > 0 ? width : Usual;
}
