using System.Text;
using PeerDrive.Folders.Watching;
using PeerDrive.Folders.Writing;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Tests;

/// <summary>A name is one row's at a time, whoever deletes and renames.</summary>
public sealed class TakenNameTests : LinkFixture
{
    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("renamed")]
    public async Task What_takes_the_name_of_a_file_that_was_just_deleted_here_waits_for_the_scan(string kind)
    {
        await A.LinkAsync();
        A.Write("x", "other");
        A.Write("y", "text");
        await A.IdleAsync();
        await A.UnlinkAsync();
        EntryId x = A.Require("x").Id, y = A.Require("y").Id;
        await A.Volume.CommitAsync(edit =>
        {
            edit.Move(y, EntryId.Root, EntryName.Create("z"));
            if (kind == "renamed") edit.Move(x, EntryId.Root, EntryName.Create("y"));
            else edit.Create(EntryId.Root, EntryName.Create("y"), StateOf(kind));
        });
        // After a scan that still saw it.
        File.Delete(A.PathOf("y"));
        await WriteOutAsync();
        Assert.False(A.Has("y"));
        await A.LinkAsync();
        Assert.Null(A.Find("z"));
        Assert.False(A.Has("z"));
        Assert.True(A.Has("y"));
        Assert.Null(A.Link.State.Problem);
    }

    [Fact]
    public async Task Two_rows_of_one_name_are_one_again_after_a_scan()
    {
        await A.LinkAsync();
        A.Write("x", "one");
        A.Write("y", "two");
        await A.IdleAsync();
        await A.UnlinkAsync();
        var scope = A.OpenScope();
        scope.Rows.SaveMoved(scope.Rows.ByEntry(A.Require("x").Id)!, scope.Rows.Root, EntryName.Create("y"));
        scope.Directory.Dispose();
        File.Delete(A.PathOf("x"));
        await A.LinkAsync();
        Assert.Equal(("one", "two"), (A.Read("x"), A.Read("y")));
        Assert.Null(A.Link.State.Problem);
    }

    private RevisionState StateOf(string kind) => kind == "folder"
        ? new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }
        : new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = A.Volume.Contents.Store(Encoding.UTF8.GetBytes("new")) };

    /// <summary>One round of writing, without a scan before it.</summary>
    private async Task WriteOutAsync()
    {
        var scope = A.OpenScope();
        using var directory = scope.Directory;
        using var watches = FolderWatches.None();
        using var writer = new RemoteWriter(scope, watches) { IsAllPending = true };
        await writer.WriteAsync(CancellationToken.None);
        Assert.NotEmpty(writer.Pending);
    }
}
