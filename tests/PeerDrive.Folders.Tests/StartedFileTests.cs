using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Tests;

/// <summary>Large files that are written out while they are still being fetched.</summary>
public sealed class StartedFileTests : LinkFixture
{
    private const int Bytes = 72 << 20;

    private static readonly byte[] Large = MakeLarge();

    [Fact]
    public async Task What_is_here_of_a_large_file_is_written_before_the_rest_and_the_whole_is_right()
    {
        var b = await BeginAsync();
        Assert.False(b.Has("large"));
        await FinishAsync(b);
        Assert.Equal(SHA256.HashData(Large), SHA256.HashData(await File.ReadAllBytesAsync(b.PathOf("large"))));
        Assert.Empty(Temporaries(b));
        Assert.Empty(Shell.Run(A.Directory, $"find large -printf '%m %T@' > {Home}/x; cd {b.Directory}; find large -printf '%m %T@' | cmp - {Home}/x"));
    }

    [Fact]
    public async Task What_was_begun_is_removed_when_a_newer_version_comes_first()
    {
        var b = await BeginAsync();
        A.Write("large", "small");
        await A.IdleAsync();
        await A.SendAsync(b, withContents: false);
        A.SendChunk(b, A.Require("large").Shown!.Value.Content.Root);
        b.Volume.ContentsArrived([A.Require("large").Shown!.Value.Content]);
        await b.IdleAsync();
        Assert.Equal("small", b.Read("large"));
        Assert.Empty(Temporaries(b));
    }

    [Fact]
    public async Task What_was_begun_is_removed_when_the_link_ends_and_the_file_comes_when_it_is_back()
    {
        var b = await BeginAsync();
        await b.UnlinkAsync();
        Assert.Empty(Temporaries(b));
        await b.LinkAsync();
        await FinishAsync(b);
        Assert.Equal(SHA256.HashData(Large), SHA256.HashData(await File.ReadAllBytesAsync(b.PathOf("large"))));
    }

    [Fact]
    public async Task A_scan_between_does_not_take_a_begun_file_for_one_that_is_whole()
    {
        var b = await BeginAsync();
        await b.Link.ScanAsync(CancellationToken.None).OrFail();
        await FinishAsync(b);
        Assert.Equal(SHA256.HashData(Large), SHA256.HashData(await File.ReadAllBytesAsync(b.PathOf("large"))));
        Assert.Empty(Temporaries(b));
    }

    /// <summary>A second device that has the first half of a large file's chunks, and has begun to write it.</summary>
    private async Task<Side> BeginAsync()
    {
        var b = await LinkBothAsync();
        await File.WriteAllBytesAsync(A.PathOf("large"), Large);
        await A.IdleAsync();
        await A.SendAsync(b, withContents: false);
        await b.IdleAsync();
        var content = A.Require("large").Shown!.Value.Content;
        b.Volume.NoteGrowing([content.Root, Id.Hash<ChunkId>("of another content"u8)]);
        while (b.Volume.Contents.Missing(content, 1) is [var list] && A.Volume.Contents.Leaves(content).All(leaf => leaf.Id != list)) A.SendChunk(b, list);
        foreach (var leaf in A.Volume.Contents.Leaves(content).TakeWhile((_, index) => index < A.Volume.Contents.Leaves(content).Count() / 2)) A.SendChunk(b, leaf.Id);
        b.Volume.NoteGrowing([content.Root]);
        await Soon.UntilAsync(() => Temporaries(b).Any(path => new FileInfo(path) is { Exists: true, Length: > Bytes / 4 }));
        return b;
    }

    private async Task FinishAsync(Side b)
    {
        await A.SendAsync(b);
        await b.IdleAsync();
    }

    private static string[] Temporaries(Side side) => Directory.GetFiles(side.Directory, ".pd~*.tmp");

    // With a stretch of zeros, which becomes a hole.
    private static byte[] MakeLarge()
    {
        var bytes = new byte[Bytes];
        new Random(1).NextBytes(bytes);
        bytes.AsSpan(10 << 20, 8 << 20).Clear();
        return bytes;
    }
}
