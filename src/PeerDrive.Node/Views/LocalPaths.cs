using System.Text;
using System.Text.Unicode;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Where programs of this device find documents: in the mount, else in a linked directory.</summary>
internal static class LocalPaths
{
    /// <returns>An absolute path; null: no program can find it, or its name is no text.</returns>
    public static string? Of(NodeCore core, LinkedDocument document)
    {
        if (core.Mount is { Directory: { } mount, Files: { } files })
            return files.PathTo(document) is { } path && Utf8.IsValid(path) ? $"{mount}/{Encoding.UTF8.GetString(path)}" : null;
        if (document.Revision is not null) return null;
        foreach (var entry in document.Volume.Reader.EntriesOf(document.Document))
        {
            foreach (var link in core.Links.Of(document.Volume).Where(link => link.Folder is not null))
            {
                if (Below(document.Volume, link.Settings.Folder, entry) is { } path && Path.Exists(link.Settings.Directory + path)) return link.Settings.Directory + path;
            }
        }
        return null;
    }

    private static string? Below(Volume volume, EntryId folder, EntryView entry)
    {
        var path = volume.Reader.PathOf(entry.Id);
        if (folder == EntryId.Root) return path;
        var above = volume.Reader.PathOf(folder);
        return path == above ? "" : path.StartsWith(above + "/", StringComparison.Ordinal) ? path[above.Length..] : null;
    }
}
