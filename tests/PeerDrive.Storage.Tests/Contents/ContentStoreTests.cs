using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Storage.Tests.Contents;

public sealed class ContentStoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((256 << 10) - 1)]
    [InlineData(256 << 10)]
    [InlineData((4 << 20) + 1)]
    [InlineData(9 << 20)]
    public async Task Bytes_come_back_whole_and_in_parts(int length)
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var bytes = TestReplica.RandomBytes(length, length);
        var content = store.Store(bytes);
        Assert.Equal((ulong)length, content.Size);
        Assert.True(store.ReadAll(content, int.MaxValue).AsSpan().SequenceEqual(bytes));
        Assert.Equal((ulong)length, store.Leaves(content).Aggregate(0UL, (sum, leaf) => sum + leaf.Size));
        var part = new byte[1000];
        var offset = Math.Max(0, length - 500);
        var read = store.Read(content, (ulong)offset, part);
        Assert.Equal(Math.Min(500, length), read);
        Assert.True(part.AsSpan(0, read).SequenceEqual(bytes.AsSpan(offset)));
        Assert.Empty(store.Missing(content, 10));
        Assert.Equal(content, store.Store(bytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sparse_file_of_20_GiB_takes_little_room_and_comes_back(bool incompressibleHead)
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var head = incompressibleHead ? TestReplica.RandomBytes(3 << 20, 1) : "head"u8.ToArray();
        const long Size = 20L << 30;
        var content = store.Store(new SparseSource(head, "tail"u8.ToArray(), Size), 0, null, CancellationToken.None);
        Assert.Equal((ulong)Size, content.Size);
        var read = new byte[8];
        store.Read(content, (ulong)Size - 8, read);
        Assert.Equal([0, 0, 0, 0, .. "tail"u8], read);
        store.Read(content, 10UL << 30, read);
        Assert.Equal(new byte[8], read);
        // More lines than one list takes.
        Assert.True(content.Depth >= 2);
        Assert.Empty(store.Missing(content, 10));
        Assert.True(SpaceOf(replica.Folder) < 32 << 20);
    }

    [Fact]
    public async Task A_source_that_shrinks_while_it_is_read_ends_where_it_ends()
    {
        await using var replica = await TestReplica.CreateAsync();
        var content = replica.Volume.Contents.Store(new ShrinkingSource(1 << 20, 300_000), 0, null, CancellationToken.None);
        Assert.Equal(300_000UL, content.Size);
    }

    [Fact]
    public async Task What_is_missing_is_named_and_a_wrong_list_is_corrupt()
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var absent = new Content(5, 0, Id.Hash<ChunkId>([1]), 1);
        Assert.Equal([absent.Root], store.Missing(absent, 10));
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => store.ReadAll(absent, 10)).Kind);
        var noList = store.Store("this is no chunk list"u8.ToArray()) with { Depth = 1 };
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => store.ReadAll(noList, 100)).Kind);
        var otherLength = store.Store("short"u8.ToArray()) with { Size = 50 };
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => store.ReadAll(otherLength, 100)).Kind);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => store.ReadAll(absent, 4)).Kind);
    }

    private static long SpaceOf(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(path =>
    {
        using var file = Native.Files.Libc.Open(System.Text.Encoding.UTF8.GetBytes(path), Native.Files.OpenFlags.ReadOnly);
        return Native.Files.Libc.Stat(file).Blocks * 512;
    });

    private sealed class SparseSource(byte[] head, byte[] tail, long length) : IContentSource
    {
        public long Length => length;

        public int Read(long offset, Span<byte> destination)
        {
            destination = destination[..(int)Math.Min(destination.Length, length - offset)];
            destination.Clear();
            if (offset < head.Length) head.AsSpan((int)offset, (int)Math.Min(head.Length - offset, destination.Length)).CopyTo(destination);
            var tailAt = length - tail.Length;
            if (offset + destination.Length > tailAt) tail.CopyTo(destination[(int)(tailAt - offset)..]);
            return destination.Length;
        }

        public long NextData(long offset) => offset < head.Length ? offset : Math.Max(offset, length - 4096);
    }

    private sealed class ShrinkingSource(long length, long now) : IContentSource
    {
        public long Length => length;

        public int Read(long offset, Span<byte> destination)
        {
            var count = (int)Math.Clamp(now - offset, 0, destination.Length);
            for (var i = 0; i < count; i++) destination[i] = (byte)((offset + i) * 31 >> 3);
            return count;
        }

        public long NextData(long offset) => offset < now ? offset : length;
    }
}
