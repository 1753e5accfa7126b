using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Which other volumes of this node have the same documents.</summary>
internal static class SharedPlaces
{
    public static IReadOnlyList<VolumePlace> Of(NodeCore core, Volume volume, IReadOnlyList<EntryView> files)
    {
        var found = new List<VolumePlace>();
        foreach (var other in core.Volumes.Shown.Where(other => other != volume))
        {
            long count = 0, current = 0;
            string? path = null;
            foreach (var file in files)
            {
                if (!other.Reader.Knows(file.Document) || other.Reader.EntriesOf(file.Document) is not [var there, ..]) continue;
                count++;
                if (there.Shown?.Id == file.Shown?.Id) current++;
                path ??= other.Reader.PathOf(there.Id);
            }
            if (path is not null) found.Add(new VolumePlace(other.Name, path, count, current) { VolumeId = other.Id.ToHex() });
        }
        return found;
    }
}
