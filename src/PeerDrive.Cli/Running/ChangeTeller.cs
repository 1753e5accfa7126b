using PeerDrive.Node;

namespace PeerDrive.Cli.Running;

/// <summary>The program as the process beside a node that repeats in its mount what came from elsewhere: started by the node, no command for people.</summary>
internal static class ChangeTeller
{
    public const string Name = NodeProcess.TellerWord;

    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        try
        {
            NodeProcess.TellChanges(input, output);
        }
        catch (IOException)
        {
            // The node is gone.
        }
        return ExitCodes.Success;
    }
}
