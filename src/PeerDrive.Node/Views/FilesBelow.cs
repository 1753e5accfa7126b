using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>The live files at and below a place in a volume.</summary>
internal static class FilesBelow
{
    /// <summary>Files of one request: it asks other devices for each.</summary>
    public const int MaxFiles = 100_000;

    /// <param name="place">Null: the top folder.</param>
    /// <exception cref="PeerDriveException">LimitExceeded: there are too many.</exception>
    public static IReadOnlyList<EntryView> Of(Volume volume, EntryView? place)
    {
        var files = new List<EntryView>();
        var open = new Stack<EntryId>();
        if (place is { IsFolder: false }) files.Add(place);
        else open.Push(place?.Id ?? EntryId.Root);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in volume.Reader.List(folder))
            {
                if (entry.IsFolder) open.Push(entry.Id);
                else if (entry.Shown is { Kind: DocumentKind.File }) files.Add(entry);
            }
            if (files.Count > MaxFiles) throw new PeerDriveException(ErrorKind.LimitExceeded, $"There are more than {MaxFiles} files there; name a folder with fewer.");
        }
        return files;
    }
}
