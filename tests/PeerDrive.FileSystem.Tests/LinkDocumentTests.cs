using System.Text;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Link documents as symbolic links of the mount.</summary>
public sealed class LinkDocumentTests : DriveFixture
{
    [Fact]
    public async Task A_link_leads_to_where_its_target_is_and_the_kernel_hears_when_that_changes()
    {
        A.MakeFolder("f");
        A.MakeFolder("g");
        A.Write("f/a", "one");
        await A.FlushAsync();
        var document = A.Committed("f/a")!.Document;
        await LinkAsync("top", LinkTarget.Of(A.Volume.Id, A.Volume.Id, document, null).Encode());
        await LinkAsync("g/deep", LinkTarget.Of(A.Volume.Id, A.Volume.Id, document, null).Encode());
        Assert.Equal(("f/a", "../f/a"), (Text("top"), Text("g/deep")));
        var node = A.Look("g/deep").Node;
        A.Notices.Clear();
        A.Rename("f", "moved");
        await A.FlushAsync();
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        Assert.Equal(("moved/a", "../moved/a"), (Text("top"), Text("g/deep")));

        // Its own folder moves deeper: it leads further up.
        A.Notices.Clear();
        A.Rename("g", "moved/g");
        await A.FlushAsync();
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        Assert.Equal("../../moved/a", Text("moved/g/deep"));

        // What is deleted is where deleted documents are.
        A.Remove("moved/a");
        await A.FlushAsync();
        Assert.Equal($".peerdrive/doc/{document.ToHex()}", Text("top"));
        Assert.Equal("one", A.Read(Text("top")));
    }

    [Fact]
    public async Task A_pinned_link_leads_to_its_version_whatever_becomes_of_the_document()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var (document, revision) = (A.Committed("a")!.Document, A.Committed("a")!.Shown!.Value.Id);
        A.Write("a", "two");
        A.Rename("a", "b");
        await A.FlushAsync();
        await LinkAsync("pinned", LinkTarget.Of(A.Volume.Id, A.Volume.Id, document, revision).Encode());
        Assert.Equal($".peerdrive/rev/{revision.ToHex()}", Text("pinned"));
        Assert.Equal("one", A.Read(Text("pinned")));
    }

    [Fact]
    public async Task Targets_that_make_no_sense_or_are_not_here_show_as_text_that_leads_nowhere()
    {
        var volume = VolumeId.Read([.. Enumerable.Repeat((byte)7, 16)]);
        var document = DocumentId.Read([.. Enumerable.Repeat((byte)8, 16)]);
        (string Name, byte[] Target, string Text)[] hostile =
        [
            ("empty", [], "pd:unknown"),
            ("passwd", "/etc/passwd"u8.ToArray(), "pd:unknown"),
            ("up", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("../", 1300))), "pd:unknown"),
            ("zeros", new byte[33], "pd:unknown"),
            ("unknown version", new byte[32], "pd:unknown"),
            ("unknown", document.ToBytes(), $"pd:{A.Volume.Id.ToHex()}/{document.ToHex()}"),
            ("elsewhere", [1, .. volume.ToBytes(), .. document.ToBytes()], $"pd:{volume.ToHex()}/{document.ToHex()}"),
        ];
        foreach (var (name, target, _) in hostile) await LinkAsync(name, new ByteString(target));
        foreach (var (name, target, text) in hostile)
        {
            Assert.Equal(text, Text(name));
            Assert.Equal(new ByteString(target), A.Volume.Reader.ShownState(A.Committed(name)!).Target);
        }

        // A link to itself is one for the kernel to find out.
        var own = A.Volume.Reader.Resolve("unknown"u8, out _)!;
        await A.Volume.CommitAsync(edit => edit.Revise(own.Id, new RevisionState { Kind = DocumentKind.Link, Mode = 0x1FF, Target = new ByteString(own.Document.ToBytes()) }));
        await Soon.UntilAsync(() => Text("unknown") == "unknown");
    }

    [Fact]
    public async Task What_the_mount_does_to_a_link_leaves_its_target_as_it_is()
    {
        A.MakeFolder("f");
        A.Write("a", "one");
        await A.FlushAsync();
        var target = LinkTarget.Of(A.Volume.Id, A.Volume.Id, A.Committed("a")!.Document, null).Encode();
        await LinkAsync("l", target);
        Assert.Null(A.Drive.SetAttributes(A.Look("l").Node, Device.Me, new AttributeChanges(Mtime: 5_000_000_000)));
        A.Rename("l", "f/m");
        await A.FlushAsync();
        var moved = A.Committed("f/m")!;
        Assert.Equal((DocumentKind.Link, 5_000_000_000L, target), (moved.Shown!.Value.Kind, moved.Shown!.Value.Mtime, A.Volume.Reader.ShownState(moved).Target));
        Assert.Equal("../a", Text("f/m"));

        // An old state of a link says what it referred to.
        var past = A.Look($".peerdrive/rev/{moved.Shown!.Value.Id.ToHex()}");
        Assert.Equal((FileKind.SymbolicLink, $"pd:{A.Volume.Id.ToHex()}/{A.Committed("a")!.Document.ToHex()}"), (past.Attributes.Kind, Encoding.UTF8.GetString(A.Drive.ReadTarget(past.Node).Required().Span)));
    }

    private Task LinkAsync(string path, ByteString target) => A.Volume.CommitAsync(edit =>
    {
        var slash = path.LastIndexOf('/');
        var folder = slash < 0 ? EntryId.Root : A.Committed(path[..slash])!.Id;
        edit.Create(folder, EntryName.Create(Encoding.UTF8.GetBytes(path[(slash + 1)..])), new RevisionState { Kind = DocumentKind.Link, Mode = 0x1FF, Target = target });
    });

    private string Text(string path)
    {
        var link = A.Look(path);
        Assert.Equal(FileKind.SymbolicLink, link.Attributes.Kind);
        var target = A.Drive.ReadTarget(link.Node).Required().Span;
        Assert.Equal(target.Length, link.Attributes.Size);
        return Encoding.UTF8.GetString(target);
    }
}
