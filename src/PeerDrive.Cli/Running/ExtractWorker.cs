using PeerDrive.Extraction.Working;

namespace PeerDrive.Cli.Running;

/// <summary>The program as a worker of a node, which reads files for fields; started by the node only, and no command for people.</summary>
internal static class ExtractWorker
{
    public const string Name = "extract-worker";

    public static int Run()
    {
        using var fromNode = Console.OpenStandardInput();
        using var toNode = Console.OpenStandardOutput();
        try
        {
            ExtractionWorker.Run(fromNode, toNode);
        }
        catch (Exception e) when (e is IOException)
        {
            // The node is gone.
        }
        return ExitCodes.Success;
    }
}
