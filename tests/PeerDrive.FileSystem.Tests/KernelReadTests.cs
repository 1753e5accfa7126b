using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Large files that the kernel reads from the volume's own raw file.</summary>
public sealed class KernelReadTests : DriveFixture
{
    private const int Length = 12 << 20;

    private static readonly byte[] Original = Random(1), Written = Random(2)[..100_000];

    [Fact]
    public async Task Who_writes_waits_for_a_copy_and_then_shares_the_file_with_those_who_read()
    {
        await CommitAsync();
        var first = Opened();
        var second = Opened();
        Assert.Equal(InodeOf(first), InodeOf(second));
        var node = A.Look("film").Node;
        Assert.Equal(ErrorKind.Busy, A.Drive.Open(node, Device.Me, FileAccess.Write, truncates: false).Error);
        Assert.Equal(ErrorKind.Busy, A.Drive.Open(node, Device.Me, FileAccess.Read, truncates: true).Error);
        Assert.Equal(ErrorKind.Busy, A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Size: 10)));
        var folder = A.Look("").Node;
        Assert.Equal(ErrorKind.Busy, A.Drive.Create(folder, Device.Me, "film"u8, 0x1A4, FileAccess.ReadWrite, isExclusive: false).Error);
        var mtime = A.Look("film").Attributes.Mtime;
        await Task.WhenAll(A.Drive.PreserveAsync(node), A.Drive.PreserveAsync(folder, "film"u8.ToArray())).OrFail();
        var writer = A.Open("film");
        Assert.Equal(InodeOf(first), InodeOf(writer));
        Assert.Equal(mtime, A.Look("film").Attributes.Mtime);
        Libc.Write(writer.Backing!, Written, 5_000_000);
        Assert.Equal(Changed(), Bytes(first));
        Assert.Equal(Changed(), Bytes(Opened()));
        writer.Release();
        first.Release();
        Assert.Equal(Changed(), Bytes(second));
        Assert.Equal(1, A.Revisions("film"));
        Assert.Equal(Original, A.Volume.Contents.ReadAll(A.Committed("film")!.Shown!.Value.Content, Length));
    }

    [Fact]
    public async Task What_was_written_becomes_a_revision_and_the_one_before_it_stays_whole()
    {
        await CommitAsync();
        var reader = Opened();
        var before = A.Committed("film")!.Shown!.Value;
        Assert.Null(await A.Drive.PreserveAsync(A.Look("film").Node).OrFail());
        var writer = A.Open("film");
        Libc.Write(writer.Backing!, Written, 5_000_000);
        writer.Release();
        reader.Release();
        await A.FlushAsync();
        Assert.Equal(2, A.Revisions("film"));
        var content = A.Committed("film")!.Shown!.Value.Content;
        Assert.Equal(Changed(), A.Volume.Contents.ReadAll(content, Length));
        Assert.Equal(Original, A.Volume.Contents.ReadAll(before.Content, Length));
        Assert.Empty(A.Volume.Contents.Chunks.FindDamaged(_ => { }));
        Assert.Empty(Staging());
    }

    [Fact]
    public async Task What_was_synced_and_committed_while_somebody_has_it_open_is_not_offered_after_a_crash()
    {
        await CommitAsync();
        var reader = Opened();
        Assert.Null(await A.Drive.PreserveAsync(A.Look("film").Node).OrFail());
        var writer = A.Open("film");
        Libc.Write(writer.Backing!, Written, 5_000_000);
        Assert.Null(await writer.SyncAsync().OrFail());
        Assert.Single(A.Volume.Drafts.Recover());
        writer.Release();
        await A.FlushAsync();
        Assert.Equal(2, A.Revisions("film"));
        reader.Release();
        await Soon.UntilAsync(() => A.Volume.Drafts.Recover().Count == 0);
        Assert.Empty(Staging());
        Assert.Equal(Changed(), A.Volume.Contents.ReadAll(A.Committed("film")!.Shown!.Value.Content, Length));
    }

    [Fact]
    public async Task Nothing_is_left_when_nobody_wrote_or_all_closed_it_while_it_was_copied()
    {
        await CommitAsync();
        var reader = Opened();
        Assert.Null(await A.Drive.PreserveAsync(A.Look("film").Node).OrFail());
        A.Open("film").Release();
        reader.Release();
        Assert.Empty(Staging());
        var again = Opened();
        var preserved = A.Drive.PreserveAsync(A.Look("film").Node);
        again.Release();
        Assert.Null(await preserved.OrFail());
        Assert.Empty(Staging());
        Assert.Equal(0, A.Drive.States.Single().Pending);
        Assert.Equal(Original, Bytes(Opened()));
    }

    [Fact]
    public async Task Where_others_have_it_open_or_the_kernel_cannot_it_is_read_from_here()
    {
        await CommitAsync();
        A.Drive.StopHandingOver();
        var served = A.Open("film", FileAccess.Read);
        Assert.Null(served.Backing);
        A.Drive.Start(A.Tree.Context.Notices!, handsFilesOver: true);
        Assert.Null(A.Open("film", FileAccess.Read).Backing);
        var read = new byte[Length];
        Assert.Equal(Length, served.Read(0, read));
        Assert.Equal(Original, read);
    }

    [Fact]
    public async Task Of_two_files_with_the_same_bytes_only_one_is_handed_over()
    {
        await CommitAsync();
        Put(A.Create("copy"));
        await A.FlushAsync();
        Assert.Equal(A.Committed("film")!.Shown!.Value.Content, A.Committed("copy")!.Shown!.Value.Content);
        var first = Opened();
        var other = A.Open("copy", FileAccess.Read);
        Assert.Null(other.Backing);
        Assert.Null(await A.Drive.PreserveAsync(A.Look("film").Node).OrFail());
        Libc.Write(A.Open("film").Backing!, Written, 5_000_000);
        var read = new byte[Length];
        Assert.Equal(Length, other.Read(0, read));
        Assert.Equal(Original, read);
        Assert.Equal(Changed(), Bytes(first));
    }

    [Fact]
    public async Task What_comes_from_elsewhere_is_shown_once_nobody_reads_the_old_bytes_any_more()
    {
        await CommitAsync();
        var b = await InviteAsync();
        await b.ReopenAsync();
        var reader = Opened();
        var node = A.Look("film").Node;
        b.Write("film", "new");
        await b.FlushAsync();
        await b.SendAsync(A);
        await Soon.UntilAsync(() => A.Tree.FindDocument(A.Committed("film")!.Document)!.IsStale);
        Assert.Equal(Length, A.Look("film").Attributes.Size);
        var second = Opened();
        reader.Release();
        Assert.Equal(Original, Bytes(second));
        A.Notices.Clear();
        second.Release();
        await Soon.UntilAsync(() => A.Drive.GetAttributes(node).Size == 3);
        Assert.Equal("new", A.Read("film"));
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
    }

    private static byte[] Random(int seed)
    {
        var bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Changed()
    {
        var bytes = (byte[])Original.Clone();
        Written.CopyTo(bytes, 5_000_000);
        return bytes;
    }

    private static byte[] Bytes(OpenFile file)
    {
        var bytes = new byte[Length + 1];
        return bytes[..Libc.Read(file.Backing!, bytes, 0)];
    }

    private static ulong InodeOf(OpenFile file) => Libc.Stat(file.Backing!).Inode;

    private static void Put(OpenFile file)
    {
        Assert.Null(file.Write(Device.Me, 0, Original));
        file.Release();
    }

    private async Task CommitAsync()
    {
        Put(A.Create("film"));
        await A.FlushAsync();
        A.Drive.Start(A.Tree.Context.Notices!, handsFilesOver: true);
    }

    private OpenFile Opened()
    {
        var file = A.Open("film", FileAccess.Read);
        Assert.NotNull(file.Backing);
        return file;
    }

    private string[] Staging() => Directory.GetFiles(Path.Combine(A.Volume.Folder, "staging"));
}
