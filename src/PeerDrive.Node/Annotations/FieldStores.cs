using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Fields;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Annotations;

/// <summary>What is known of the fields of each open volume; opened when it is first asked for. Thread-safe.</summary>
internal sealed class FieldStores(IDisk disk) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<VolumeId, ContentFields> open = [];

    public ContentFields Of(Volume volume)
    {
        lock (gate)
        {
            if (!open.TryGetValue(volume.Id, out var fields)) open[volume.Id] = fields = ContentFields.Open(disk, volume.Folder);
            return fields;
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            foreach (var fields in open.Values) fields.Dispose();
            open.Clear();
        }
        return ValueTask.CompletedTask;
    }
}
