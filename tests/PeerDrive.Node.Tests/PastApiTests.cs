using System.IO.Compression;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Tests;

public class PastApiTests
{
    [Fact]
    public async Task A_folder_and_a_file_are_read_as_they_were_by_time_and_by_id()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await volume.WriteAsync("a.txt", "one\n");
        var then = await NowAsync();
        var first = (await node.Client.ChangesAsync("v", "/", new ChangeFilter(Limit: 1), default)).Changes[0];
        await volume.WriteAsync("a.txt", "two\n");
        await volume.CommitAsync(edit => edit.Move(volume.Reader.Find(EntryId.Root, EntryName.Create("a.txt"))!.Id, EntryId.Root, EntryName.Create("b.txt")));
        foreach (var at in new[] { Iso(then), first.Changeset[..12], first.Revision!.Revision })
        {
            var listed = Assert.Single(await node.Client.ListAtAsync("v", "/", at, false, default));
            Assert.Equal(("/a.txt", 4), (listed.Path, listed.Size));
            Assert.Equal("one\n", await ReadAsync(await node.Client.ReadAtAsync("v", "/a.txt", at, default)));
        }
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.ReadAtAsync("v", "/b.txt", Iso(then), default))).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.ListAtAsync("v", "/", "soon", false, default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.ListAtAsync("v", "/", "00000000", false, default))).Kind);

        var compared = await node.Client.CompareAsync("v", "/", Iso(then), "", default);
        Assert.Equal(new ComparedEntry("renamed, changed", "/b.txt", "/a.txt", "file", 4, 4), Assert.Single(compared.Entries));
        var diff = await node.Client.DiffTimesAsync("v", "/b.txt", Iso(then), "", default);
        Assert.Contains("-one\n+two\n", diff.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_version_and_a_folder_as_it_was_are_saved_elsewhere_as_new_documents()
    {
        await using var node = await NodeAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("w", false), default);
        var volume = node.Volume("v");
        var old = await volume.WriteAsync("a.txt", "one\n");
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("f"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }));
        var folder = volume.Reader.Find(EntryId.Root, EntryName.Create("f"))!;
        await volume.CommitAsync(edit => edit.Create(folder.Id, EntryName.Create("x"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store("in it"u8.ToArray()) }));
        var then = await NowAsync();
        await volume.WriteAsync("a.txt", "two\n");
        await volume.CommitAsync(edit => edit.Delete(folder.Id));

        await node.Client.SaveAsync("v", new SaveRequest("/a.txt", old.ToHex()[..12], null, null, "/a-old.txt"), default);
        Assert.Equal("one\n", await node.TextAsync("v", "/a-old.txt"));
        Assert.StartsWith("saved from /a.txt ", (await node.Client.LogAsync("v", "/a-old.txt", default)).Single().Comment, StringComparison.Ordinal);
        var saved = await node.Client.SaveAsync("v", new SaveRequest("/f", null, then, "w", "/kept"), default);
        Assert.Equal(("w", 1, 1, 5L), (saved.Volume, saved.Files, saved.Folders, saved.Bytes));
        Assert.Equal("in it", await node.TextAsync("w", "/kept/x"));
        Assert.Equal(nameof(ErrorKind.AlreadyExists), (await TestNode.ProblemAsync(() => node.Client.SaveAsync("v", new SaveRequest("/a.txt", null, then, null, "/a-old.txt"), default))).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.SaveAsync("v", new SaveRequest("/a.txt", null, null, null, "/b"), default))).Kind);
    }

    [Fact]
    public async Task Archives_are_compared_by_what_is_in_them_and_broken_ones_by_size()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await WriteBytesAsync(volume, "x.zip", Zip(("same", "s"), ("gone", "g"), ("grown", "1")));
        await WriteBytesAsync(volume, "x.zip", Zip(("same", "s"), ("new", "n"), ("grown", "12")));
        var diff = await node.Client.DiffAsync("v", "/x.zip", "", "", default);
        Assert.Equal(["removed gone", "changed grown", "added new"], diff.Members!.Select(member => $"{member.Action} {member.Name}"));
        await WriteBytesAsync(volume, "x.zip", [0x50, 0x4B, 3, 4, 0xFF, 0xFF, 0xFF]);
        Assert.Null((await node.Client.DiffAsync("v", "/x.zip", "", "", default)).Members);
        byte[] png = [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 0x80, 0, 0, 1, 0xE0];
        await WriteBytesAsync(volume, "p.png", png);
        await WriteBytesAsync(volume, "p.png", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 17, 8, 0, 9, 0, 16, 3]);
        Assert.Contains(new FieldDifference("picture", "PNG, 640 x 480", "JPEG, 16 x 9"), (await node.Client.DiffAsync("v", "/p.png", "", "", default)).Fields);
        await WriteBytesAsync(volume, "p.png", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]);
        Assert.Contains(new FieldDifference("picture", "JPEG, 16 x 9", ""), (await node.Client.DiffAsync("v", "/p.png", "", "", default)).Fields);
    }

    [Fact]
    public async Task A_rewind_wants_to_know_whose_or_when_and_tells_what_it_would_do()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await volume.WriteAsync("a.txt", "one\n");
        var then = await NowAsync();
        await volume.WriteAsync("a.txt", "two\n");
        foreach (var wrong in new[]
        {
            new RewindRequest("/", null, null, null, null), new RewindRequest("/", null, null, then, null), new RewindRequest("/", "Ada's laptop", "Ada", null, null),
            new RewindRequest("/", "Ada's laptop", null, then, then - TimeSpan.FromHours(1)),
        })
            Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.RewindAsync("v", wrong, default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RewindAsync("v", new RewindRequest("/", "nobody", null, null, null), default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotAFolder), (await TestNode.ProblemAsync(() => node.Client.RewindAsync("v", new RewindRequest("/a.txt", null, "Ada", null, null), default))).Kind);
        var dry = await node.Client.RewindAsync("v", new RewindRequest("/", null, "Ada", then, null, IsDryRun: true), default);
        Assert.Equal(new RewoundEntry("revise", "/a.txt", null, null), Assert.Single(dry.Entries));
        Assert.Equal("two\n", await node.TextAsync("v", "/a.txt"));
        await node.Client.RewindAsync("v", new RewindRequest("/", null, "Ada", then, null), default);
        Assert.Equal("one\n", await node.TextAsync("v", "/a.txt"));
        Assert.Contains(await node.Client.JobsAsync(default), job => job is { Kind: "rewind", State: "done" });
    }

    [Fact]
    public async Task The_log_refuses_what_makes_no_sense()
    {
        await using var node = await NodeAsync();
        foreach (var wrong in new[] { new ChangeFilter(Limit: 0), new ChangeFilter(Limit: 1_001), new ChangeFilter(Kind: "painted"), new ChangeFilter(Kind: "3"), new ChangeFilter(After: "x") })
            Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.ChangesAsync("v", "/", wrong, default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.ChangesAsync("v", "/", new ChangeFilter(By: "nobody"), default))).Kind);
        Assert.Contains((await node.Client.ChangesAsync("v", "/", new ChangeFilter(By: "ada"), default)).Changes, change => change.Kind == "members");
    }

    private static byte[] Zip(params (string Name, string Text)[] members)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in members)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }
        return bytes.ToArray();
    }

    private static Task WriteBytesAsync(Storage.Volumes.Volume volume, string name, byte[] bytes)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(bytes) };
        return volume.CommitAsync(edit =>
        {
            if (volume.Reader.Find(EntryId.Root, EntryName.Create(name)) is { } known) edit.Revise(known.Id, state);
            else edit.Create(EntryId.Root, EntryName.Create(name), state);
        });
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private static string Iso(DateTimeOffset time) => time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A moment after all that was done and before all that will be.</summary>
    private static async Task<DateTimeOffset> NowAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        await Until.TrueAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > now));
        return now;
    }

    private static async Task<TestNode> NodeAsync()
    {
        var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        return node;
    }
}
