using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests;

/// <summary>One replica of a volume of its own, that can be closed, copied while open, and opened elsewhere.</summary>
internal sealed class TestReplica : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestPerson person = new("Ada");
    private readonly DeviceKey device;
    private int copies;

    private TestReplica() => device = person.NewDevice("device");

    public Volume Volume { get; private set; } = null!;

    public string Volumes => Path.Combine(folder.Path, "volumes");

    /// <summary>The open volume's own folder.</summary>
    public string Folder => Volume.Folder;

    /// <summary>The clock of all that is opened.</summary>
    public TimeProvider Time { get; private init; } = TimeProvider.System;

    /// <param name="seed">Of the ids that it draws: volumes that share documents must not draw the same ones.</param>
    public static async Task<TestReplica> CreateAsync(IDisk? disk = null, TimeProvider? time = null, int seed = 1)
    {
        var replica = new TestReplica { Time = time ?? TimeProvider.System };
        replica.Volume = await Volume.CreateAsync(replica.Context(disk, seed), replica.Volumes, "test", []);
        return replica;
    }

    public VolumeContext Context(IDisk? disk = null, int seed = 1) => new(disk ?? new RealDisk(), Time, new Random(seed), device, person.Certificate);

    public async Task ReopenAsync(Action<string>? whileClosed = null, IDisk? disk = null)
    {
        var id = Volume.Id;
        var path = Folder;
        await Volume.DisposeAsync();
        whileClosed?.Invoke(path);
        Volume = await Volume.OpenAsync(id, Context(disk), Volumes);
    }

    /// <summary>Copies all files as they are now, which is what a killed process leaves, and opens the copy.</summary>
    public async Task<Volume> OpenCopyAsync(Action<string>? change = null)
    {
        var target = Path.Combine(folder.Path, $"copy{++copies}");
        var volume = Path.Combine(target, Volume.Id.ToHex());
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(volume, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
        change?.Invoke(volume);
        return await Volume.OpenAsync(Volume.Id, Context(seed: 100 + copies), target);
    }

    public static void DeleteCatalog(string volumeFolder)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(Path.Combine(volumeFolder, "catalog.db" + suffix));
    }

    public Task<EntryView> WriteAsync(string name, byte[] bytes) => WriteAsync(Volume, name, bytes);

    public static async Task<EntryView> WriteAsync(Volume volume, string name, byte[] bytes)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(bytes) };
        EntryView? made = null;
        await volume.CommitAsync(edit =>
        {
            if (volume.Reader.Find(EntryId.Root, EntryName.Create(name)) is { } there)
            {
                edit.Revise(there.Id, state);
                made = there;
            }
            else
            {
                made = edit.Create(EntryId.Root, EntryName.Create(name), state);
            }
        });
        return made!;
    }

    public static byte[] Read(Volume volume, string name)
    {
        var content = volume.Reader.Find(EntryId.Root, EntryName.Create(name))!.Shown!.Value.Content;
        return volume.Contents.ReadAll(content, int.MaxValue);
    }

    /// <summary>A chunk as it came from a peer.</summary>
    public static ReceivedChunk Sent(ChunkId id, ReadOnlySpan<byte> payload, ChunkEncoding encoding, int plain)
    {
        var chunk = new ReceivedChunk(id, encoding, payload.Length, plain);
        payload.CopyTo(chunk.Payload);
        return chunk;
    }

    public static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Volume.DisposeAsync();
        device.Dispose();
        person.Dispose();
        folder.Dispose();
    }
}
