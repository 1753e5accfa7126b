using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Where entries are, as bytes that can be in a symbolic link.</summary>
internal static class EntryPaths
{
    /// <summary>Longer paths no program can follow.</summary>
    private const int Deepest = 2000;

    /// <summary>Names with a slash before each, from the volume's top folder; null: it lies nowhere, or too deep.</summary>
    public static byte[]? Of(VolumeReader reader, EntryView entry)
    {
        var names = new Stack<byte[]>();
        for (var at = entry; ; at = reader.Require(at.Parent))
        {
            names.Push(at.ShownName.Bytes.ToArray());
            if (at.Parent == EntryId.Root) return [.. names.SelectMany(name => name.Prepend((byte)'/'))];
            if (at.Parent == EntryId.LostAndFound || names.Count == Deepest) return null;
        }
    }
}
