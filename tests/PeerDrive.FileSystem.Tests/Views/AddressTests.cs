using PeerDrive.Model.Identifiers;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class AddressTests : DriveFixture
{
    [Fact]
    public async Task A_document_is_found_by_its_id_wherever_it_is_and_after_it_is_deleted()
    {
        A.MakeFolder("f");
        A.Write("f/a", "one");
        await A.FlushAsync();
        var document = A.Committed("f/a")!.Document.ToHex();
        Assert.Empty(A.List(".peerdrive/doc"));
        Assert.Equal("one", A.Read($".peerdrive/doc/{document}"));
        A.Write("f/a", "two");
        A.Rename("f/a", "b");
        await A.FlushAsync();
        Assert.Equal("two", A.Read($".peerdrive/doc/{document[..8]}"));
        Assert.Equal("two", A.Read($".peerdrive/doc/{document.ToUpperInvariant()}"));
        A.Remove("b");
        await A.FlushAsync();
        Assert.Equal("two", A.Read($".peerdrive/doc/{document}"));
        Assert.False(A.Has($".peerdrive/doc/{document[..7]}"));
        Assert.False(A.Has($".peerdrive/doc/{document}0"));
        Assert.False(A.Has(".peerdrive/doc/not-hexadecimal"));
    }

    [Fact]
    public async Task A_folder_is_a_link_to_where_it_is_now()
    {
        A.MakeFolder("f");
        A.MakeFolder("f/g");
        await A.FlushAsync();
        var document = A.Committed("f/g")!.Document.ToHex();
        Assert.Equal("../../f/g", Target());
        A.Rename("f/g", "h");
        await A.FlushAsync();
        Assert.Equal("../../h", Target());
        A.RemoveFolder("h");
        await A.FlushAsync();
        Assert.False(A.Has($".peerdrive/doc/{document}"));

        string Target()
        {
            var link = A.Look($".peerdrive/doc/{document}");
            Assert.Equal(FileKind.SymbolicLink, link.Attributes.Kind);
            var target = A.Drive.ReadTarget(link.Node).Required().Span;
            Assert.Equal(target.Length, link.Attributes.Size);
            return System.Text.Encoding.UTF8.GetString(target);
        }
    }

    [Fact]
    public async Task A_revision_is_found_by_its_id()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var first = A.Committed("a")!.Shown!.Value.Id.ToHex();
        A.Write("a", "two");
        await A.FlushAsync();
        var second = A.Committed("a")!.Shown!.Value.Id.ToHex();
        Assert.Empty(A.List(".peerdrive/rev"));
        Assert.Equal("one", A.Read($".peerdrive/rev/{first}"));
        Assert.Equal("two", A.Read($".peerdrive/rev/{second[..10]}"));
        Assert.False(A.Has($".peerdrive/rev/{first[..7]}"));
        Assert.False(A.Has($".peerdrive/rev/{first}00"));
        Assert.False(A.Has($".peerdrive/rev/{new string('0', 64)}"));
    }

    [Fact]
    public async Task A_folders_revision_is_the_folder_as_its_maker_saw_it()
    {
        A.MakeFolder("f");
        A.Write("f/a", "one");
        await A.FlushAsync();
        A.Drive.SetAttributes(A.Look("f").Node, Device.Me, new AttributeChanges(Permissions: 0x1C0));
        await A.FlushAsync();
        var revision = A.Committed("f")!.Shown!.Value.Id.ToHex();
        A.Write("f/a", "two");
        A.Write("f/b", "");
        await A.FlushAsync();
        Assert.Equal(["a"], A.List($".peerdrive/rev/{revision}"));
        Assert.Equal("one", A.Read($".peerdrive/rev/{revision}/a"));
        Assert.Equal(0x1C0u, A.Look($".peerdrive/rev/{revision}").Attributes.Permissions);
    }
}
