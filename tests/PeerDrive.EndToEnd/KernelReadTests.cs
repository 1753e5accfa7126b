using System.IO.MemoryMappedFiles;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A large file that the kernel reads by itself, and somebody writes to meanwhile, on a real mount of root.</summary>
[Trait("speed", "slow")]
public sealed class KernelReadTests
{
    private const int Length = 64 << 20, Middle = 30 << 20;

    private static readonly byte[] Original = Bytes(1, Length), Written = Bytes(2, 300_000);

    private static bool IsRoot => Environment.UserName == "root";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readers_see_what_is_written_and_the_version_before_it_stays_whole(bool isKilled)
    {
        // Only root's kernel reads by itself; for others the node serves the same, which other tests look at.
        if (!IsRoot) return;
        using var directories = new Directories();
        var mount = directories.New("mount");
        await using var node = await RunningNode.StartAsync(directories.Path("home"), "--name", "laptop", "--mount", mount);
        try
        {
            await node.Client.CreateVolumeAsync(new CreateVolume("Films", false), CancellationToken.None);
            var volume = (await node.Client.VolumesAsync(CancellationToken.None))[0].Id;
            var path = Path.Combine(mount, "Films", "film");
            await node.UntilAsync("the volume to be in the mount", _ => Directory.Exists(Path.GetDirectoryName(path)));
            await File.WriteAllBytesAsync(path, Original);
            await node.UntilAsync("the file to be committed", _ => Revisions(node, volume).Count == 1);
            var first = Revisions(node, volume)[0].Revision;
            var raw = Assert.Single(RawFiles(node));

            using (var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
            using (var mapping = MemoryMappedFile.CreateFromFile(reader, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true))
            using (var view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read))
            {
                Assert.True(Read(reader).AsSpan().SequenceEqual(Original));
                Assert.True(Part(view).AsSpan().SequenceEqual(Original.AsSpan(Middle, Written.Length)));
                using var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
                writer.Position = Middle;
                writer.Write(Written);
                Assert.True(Part(view).AsSpan().SequenceEqual(Written));
                Assert.True(Read(reader).AsSpan().SequenceEqual(Changed()));
                // The volume's file is another one by now, with the bytes that it had.
                Assert.True(File.ReadAllBytes(raw).AsSpan().SequenceEqual(Original));
                if (isKilled) node.Kill();
            }
            if (isKilled)
            {
                Directories.Run("umount", "-l", mount);
                await node.RestartAsync();
            }
            else
            {
                await node.UntilAsync("what was written to be committed", _ => Revisions(node, volume).Count == 2);
            }
            Assert.True((await ReadAsync(node, volume, first)).AsSpan().SequenceEqual(Original));
            await node.UntilAsync("the file to be in the mount", _ => File.Exists(path));
            // What was not synced ends with the process.
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(isKilled ? Original : Changed()));
            Assert.Empty(Directory.GetFiles(node.Home, "d-*", SearchOption.AllDirectories));
            var check = await node.Client.CheckAsync(volume, rebuild: true, CancellationToken.None);
            Assert.True(check.IsClean, string.Join('\n', check.Problems));
            await node.StopAsync();
        }
        finally
        {
            Directories.Run("umount", "-l", mount);
        }
    }

    private static IReadOnlyList<RevisionStatus> Revisions(RunningNode node, string volume)
    {
        try
        {
            return node.Client.LogAsync(volume, "/film", CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Client.PeerDriveProblemException)
        {
            return [];
        }
    }

    private static string[] RawFiles(RunningNode node) =>
        [.. Directory.GetDirectories(node.Home, "raw", SearchOption.AllDirectories).SelectMany(Directory.GetFiles).Where(file => !file.EndsWith(".index", StringComparison.Ordinal))];

    private static async Task<byte[]> ReadAsync(RunningNode node, string volume, string revision)
    {
        await using var stream = await node.Client.ReadAsync(volume, "/film", revision, CancellationToken.None);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static byte[] Read(FileStream file)
    {
        var bytes = new byte[Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Part(MemoryMappedViewAccessor view)
    {
        var bytes = new byte[Written.Length];
        view.ReadArray(Middle, bytes, 0, bytes.Length);
        return bytes;
    }

    private static byte[] Changed()
    {
        var bytes = (byte[])Original.Clone();
        Written.CopyTo(bytes, Middle);
        return bytes;
    }

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
