namespace PeerDrive.Folders.Tests;

public sealed class EndToEndTests : LinkFixture
{
    [Fact]
    public async Task A_directory_becomes_the_volume_and_the_volume_another_directory()
    {
        Directory.CreateDirectory(A.Directory);
        A.Write("a.txt", "one");
        A.Write("folder/inner/b.txt", "two");
        Directory.CreateDirectory(A.PathOf("empty"));
        var b = await InviteAsync();
        await A.LinkAsync();
        Assert.Equal("one", A.Content("a.txt"));
        Assert.Equal("two", A.Content("folder/inner/b.txt"));
        await b.LinkAsync();
        await A.ExchangeAsync(b);
        Assert.Equal(["a.txt", "empty", "folder"], b.Names());
        Assert.Equal("two", b.Read("folder/inner/b.txt"));
        Assert.Equal(File.GetLastWriteTimeUtc(A.PathOf("a.txt")), File.GetLastWriteTimeUtc(b.PathOf("a.txt")));
    }

    [Fact]
    public async Task An_edit_on_either_side_reaches_the_other()
    {
        var b = await LinkBothAsync();
        A.Write("a.txt", "one");
        await A.ExchangeAsync(b);
        Assert.Equal("one", b.Read("a.txt"));
        b.Write("a.txt", "two");
        await A.ExchangeAsync(b);
        Assert.Equal("two", A.Read("a.txt"));
        Assert.Single(A.Volume.Reader.Heads(A.Require("a.txt").Document));
        File.Delete(A.PathOf("a.txt"));
        await A.ExchangeAsync(b);
        Assert.False(b.Has("a.txt"));
    }
}
