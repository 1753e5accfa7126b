using System.Net;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Joining a volume whose history takes its time.</summary>
[Trait("speed", "slow")]
public sealed class CheckpointTests
{
    private const int Links = 2_500, TargetBytes = 4_000;

    [Fact]
    public async Task The_tree_is_listed_while_its_history_is_on_its_way_and_is_verified_by_it()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directory.CreateDirectory(Path.Combine(source, "folder"));
        // A long target makes much history of one file, and little checkpoint.
        for (var i = 0; i < Links; i++) File.CreateSymbolicLink(Path.Combine(source, "folder", $"{i:0000}"), new string((char)('a' + i % 26), TargetBytes));
        await File.WriteAllTextAsync(Path.Combine(source, "letter.txt"), "Dear Ada");
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount", "--name", "ada");
        await a.QuietAsync(Links + 1);
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount");
        var port = (await a.Client.StatusAsync(CancellationToken.None)).Port;
        await using var link = new SlowLink(new IPEndPoint(IPAddress.Loopback, port), TimeSpan.FromMilliseconds(5), 100_000);
        var volume = (await a.Client.VolumesAsync(CancellationToken.None))[0];
        var ticket = await a.Client.InviteAsync(volume.Id, new CreateTicket("writer", 3600, [link.EndPoint.ToString()]), CancellationToken.None);

        await b.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep") { Policy = "metadata" }, CancellationToken.None);
        await b.UntilAsync("a checkpoint", status => status.Volumes is [{ Checkpoint: not null }]);
        var shown = (await b.Client.VolumesAsync(CancellationToken.None))[0];
        var entries = await b.Client.ListAsync(volume.Name, "/", true, CancellationToken.None);
        var text = await ReadAsync(b, volume.Name, "/letter.txt");
        // All of this was answered before the history was here.
        var now = (await b.Client.VolumesAsync(CancellationToken.None))[0];
        Assert.NotNull(now.Checkpoint);
        Assert.InRange(now.Checkpoint.Progress, 0, 0.99);
        Assert.Equal(("ada", Links + 1L, 1L, false), (now.Checkpoint.Device, shown.Files, shown.Folders, now.IsInSync));
        Assert.Equal(Links + 2, entries.Count);
        Assert.Contains(entries, entry => entry.Path == "/folder/0003" && entry.Kind == "symlink" && entry.Target == new string('d', TargetBytes));
        Assert.Equal("Dear Ada", text);
        var missing = await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Client.ListAsync(volume.Name, "/nothing", false, CancellationToken.None));
        Assert.Contains("checkpoint", missing.Problem.Detail, StringComparison.Ordinal);

        // A node that is killed meanwhile shows it again; nobody is there to bring the history over another, faster address.
        a.Kill();
        b.Kill();
        await b.RestartAsync();
        await b.UntilAsync("the checkpoint after a restart", status => status.Volumes is [{ Files: Links + 1, Checkpoint.Progress: < 1 }]);
        link.Hurry();
        await a.RestartAsync();
        await b.UntilAsync("the history", status => status.Volumes is [{ Checkpoint: null, Files: Links + 1, MissingChangesets: 0, DevicesCompared: > 0 }]);
        await b.UntilAsync("the verdict in the log", _ => b.Log().Contains("the checkpoint of ada is verified", StringComparison.Ordinal));
        Assert.Empty((await b.Client.VolumesAsync(CancellationToken.None))[0].Problems);
        Assert.Equal(entries.Select(entry => (entry.Path, entry.Entry, entry.Document, entry.Revision, entry.Heads)), (await b.Client.ListAsync(volume.Name, "/", true, CancellationToken.None))
            .Select(entry => (entry.Path, entry.Entry, entry.Document, entry.Revision, entry.Heads)));
    }

    private static async Task<string> ReadAsync(RunningNode node, string volume, string path)
    {
        await using var stream = await node.Client.ReadAsync(volume, path, null, CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
