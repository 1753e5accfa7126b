using System.Buffers;
using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Writes a file's bytes, now or as it was.</summary>
internal static class CatCommand
{
    private const int BufferBytes = 128 * 1024;
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The file", needsPath: true);
    private static readonly Option<string?> Revision = new("--revision") { Description = "A revision's id or its beginning (see `peerdrive log`)", HelpName = "ID" };

    private static readonly Option<string?> At = new("--at") { Description = "As it was then: 2026-03-01T12:00, 2h for two hours ago, or the beginning of an id", HelpName = "TIME" };

    private static readonly Option<bool> Common = ListCommand.CreateCommonOption();

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "cat", "Write a file's content to the output", RunAsync,
            "peerdrive cat Work:/plan.txt", "peerdrive cat Work:/plan.txt --revision 4f2a > plan.old", "peerdrive cat Work:/plan.txt --at 2h");
        command.Add(Place);
        command.Add(Revision);
        command.Add(At);
        command.Add(Common);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        if (call.Get(At) is not null && (call.Get(Common) || call.Get(Revision) is not null)) throw new UsageException("--at goes neither with --revision nor with --common.");
        var moment = call.Get(At) is { } at ? Moment.Require(at, call.Now) : null;
        var replica = await call.Connect().ReplicaAsync(place.Volume, cancellation).ConfigureAwait(false);
        // The node itself gives up after that; only then is it silent for longer.
        var limit = call.Limit + TimeSpan.FromSeconds(replica.ReadWaitSeconds);
        var client = call.Connect(limit);
        if (call.Get(Common) && call.Get(Revision) is not null)
            throw new PeerDriveProblemException(new Problem("Invalid", ExitCodes.Usage, "The common tree has no history; leave --revision or --common away."));
        var content = moment is not null ? await client.ReadAtAsync(place.Volume, place.Path, moment, cancellation).ConfigureAwait(false)
            : call.Get(Common)
            ? await client.ReadCommonAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false)
            : await client.ReadAsync(place.Volume, place.Path, call.Get(Revision), cancellation).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var output = call.Terminal.Bytes();
            await using (output.ConfigureAwait(false)) await CopyAsync(call, content, output, limit, cancellation).ConfigureAwait(false);
        }
        return ExitCodes.Success;
    }

    /// <summary>Gives up on a node that falls silent in the middle.</summary>
    private static async Task CopyAsync(Call call, Stream content, Stream output, TimeSpan limit, CancellationToken cancellation)
    {
        var progress = new ReadProgress(call);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                var read = await content.ReadAsync(buffer, cancellation).AsTask().WaitAsync(limit, call.Time, cancellation).ConfigureAwait(false);
                if (read == 0) return;
                await output.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                progress.Add(read);
            }
        }
        catch (TimeoutException e)
        {
            throw new PeerDriveProblemException(
                new Problem("Unreachable", ExitCodes.Unreachable, "The node fell silent before the end of the file: what was written is not whole."), e);
        }
        finally
        {
            progress.End();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
