using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>What a volume knows beside its search index.</summary>
internal sealed class VolumePlaces(Volume volume, IndexSource source) : ISearchPlaces
{
    public IReadOnlyList<EntryId> Pins => volume.Replica.Pins;

    public EntryId? Folder(string path)
    {
        byte[] bytes;
        try
        {
            bytes = EntryName.FromDisplay(path);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Invalid)
        {
            return null;
        }
        var entry = volume.Reader.Resolve(bytes, out var found);
        return !found ? null : entry is null ? EntryId.Root : entry.IsFolder ? entry.Id : null;
    }

    public IReadOnlyList<DeviceId> DevicesOf(string who)
    {
        var letters = Folding.Fold(who);
        return
        [
            .. volume.Members.All.SelectMany(member => member.Devices
                .Where(device => Has(member.Certificate.Name) || Has(device.Name)).Select(device => device.Device)).Distinct(),
        ];

        bool Has(string name) => Folding.Fold(name).Contains(letters, StringComparison.Ordinal);
    }

    public void ForEachMissing(Action<ChunkId, uint, ulong> tell) => source.ForEachMissing(tell);

    public IReadOnlyList<bool> AreMissing(IReadOnlyList<Content> contents) => source.AreMissing(contents);
}
