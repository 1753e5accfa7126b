namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>A directory shown through a mount, served by the daemon or by the kernel itself.</summary>
[Trait("speed", "slow")]
public sealed class PassthroughTests : IDisposable
{
    private readonly string source = Directory.CreateTempSubdirectory("peerdrive-fuse-source-").FullName;

    public void Dispose() => Directory.Delete(source, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_goes_in_comes_out_on_both_sides(bool byTheKernel)
    {
        await using var daemon = await Daemon.StartAsync(null, "passthrough", [source, byTheKernel ? "kernel" : "daemon"]);
        await daemon.ShellAsync($"head -c 10000019 /dev/urandom > f; cmp f {source}/f; cp f g; cmp f g; echo more >> f; cmp f {source}/f; stat -c %s f");
        await daemon.ShellAsync("mkdir -p d/e; for i in 1 2 3 4 5; do echo $i > d/e/$i; done; mv d h; ln -s h l; cat l/e/3; rm -r h; ls");
        Assert.Equal("5\n0", await daemon.ShellAsync("exec 5> u; exec 6< u; rm u; echo kept >&5; wc -c <&6; find . -name u | wc -l"));
        const string map = "import mmap; f=open('f','r+b'); m=mmap.mmap(f.fileno(),0); m[9000000:9000005]=b'hello'; m.flush(); print(m[9000000:9000005].decode())";
        Assert.Equal("hello\nhello", await daemon.ShellAsync($"python3 -c \"{map}\"; dd if={source}/f bs=1 skip=9000000 count=5 status=none"));
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.Equal(["f", "g", "l"], Directory.EnumerateFileSystemEntries(source).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
