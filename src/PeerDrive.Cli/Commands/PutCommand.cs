using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Writes a file of this device, or the input, into a volume.</summary>
internal static class PutCommand
{
    private const int PieceBytes = 4 << 20;

    private static readonly Argument<string> Source = new("FILE") { Description = "A file of this device; - is the input" };
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("Where to; a file that is there goes on with its history", needsPath: true);
    private static readonly Option<string> Comment = new("--comment") { Description = "What the new version is about", HelpName = "TEXT", DefaultValueFactory = _ => "" };
    private static readonly Option<bool> New = new("--new") { Description = "Only if nothing is there" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("put", "Write a file into a volume", RunAsync, "peerdrive put plan.txt Work:/plan.txt --comment 'as agreed'", "date | peerdrive put - Work:/today.txt");
        command.Add(Source);
        command.Add(Place);
        command.Add(Comment);
        command.Add(New);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        // With the last piece the node stores all of it, which takes as long as the file is large.
        var (place, source, client) = (call.Get(Place), call.Get(Source), call.Connect(Timeout.InfiniteTimeSpan));
        var seen = call.Get(New) ? "none" : null;
        var comment = call.Get(Comment);
        if (source == "-") return await WholeAsync(Console.OpenStandardInput()).ConfigureAwait(false);
        if (!File.Exists(source)) throw new UsageException($"There is no file {source}. Directories are taken in with `peerdrive import`, or linked with `peerdrive link`.");
        var bytes = File.OpenRead(source);
        await using (bytes.ConfigureAwait(false))
        {
            var size = bytes.CanSeek ? bytes.Length : 0;
            if (size == 0) return await WholeAsync(bytes).ConfigureAwait(false);
            var upload = await client.BeginUploadAsync(place.Volume, place.Path, size, seen, comment, cancellation).ConfigureAwait(false);
            try
            {
                await SendAsync(client, upload, bytes, size, cancellation).ConfigureAwait(false);
            }
            catch
            {
                await ForgetAsync(client, upload).ConfigureAwait(false);
                throw;
            }
        }
        return Told(call, place, (await client.ListAsync(place.Volume, place.Path, recursive: false, cancellation).ConfigureAwait(false))[0]);

        // How much comes nobody knows before: it is sent in one piece.
        async Task<int> WholeAsync(Stream input) => Told(call, place, await client.WriteAsync(place.Volume, place.Path, input, seen, comment, cancellation).ConfigureAwait(false));
    }

    /// <summary>Sends what the file had when it was begun; what a program adds meanwhile is of the next version.</summary>
    private static async Task SendAsync(PeerDriveClient client, string upload, FileStream bytes, long size, CancellationToken cancellation)
    {
        var piece = new byte[PieceBytes];
        for (long sent = 0; sent < size;)
        {
            var read = await bytes.ReadAtLeastAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, size - sent)), (int)Math.Min(piece.Length, size - sent), throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (read == 0) throw new PeerDriveProblemException(new Problem("Conflict", ExitCodes.Conflict, "The file became shorter while it was read; nothing was written."));
            sent = await client.ContinueUploadAsync(upload, sent, new MemoryStream(piece, 0, read), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What came of it is not left lying about; if that fails, it goes by itself after a week.</summary>
    private static async Task ForgetAsync(PeerDriveClient client, string upload)
    {
        try
        {
            await client.RemoveUploadAsync(upload, CancellationToken.None).ConfigureAwait(false);
        }
        catch (PeerDriveProblemException)
        {
            // The first failure is what is told.
        }
    }

    private static int Told(Call call, VolumePath place, EntryStatus entry) => call.Answer(entry, _ => call.Output.WriteLine($"{place.Volume}:{entry.Path} has {ByteSize.Show(entry.Size)} now."));
}
