using System.Buffers.Binary;

namespace PeerDrive.Extraction.Working;

/// <summary>The worker's side: reads one file after the other for a node, until the node closes the pipe.</summary>
public static class ExtractionWorker
{
    public static void Run(Stream fromNode, Stream toNode)
    {
        toNode.WriteByte(WorkerPipe.Ready);
        toNode.Flush();
        var message = new byte[9];
        while (fromNode.ReadAtLeast(message, message.Length, throwOnEndOfStream: false) == message.Length && message[0] == WorkerPipe.File)
        {
            Found found;
            try
            {
                found = Extractors.Read(new PipedFile(fromNode, toNode, BinaryPrimitives.ReadInt64LittleEndian(message.AsSpan(1))));
            }
            catch (ContentEndedException)
            {
                // The node knows; it takes the answer for no answer.
                found = new Found("", [], "", "not here");
            }
            toNode.Write(WorkerPipe.Answer(found));
            toNode.Flush();
        }
    }
}
