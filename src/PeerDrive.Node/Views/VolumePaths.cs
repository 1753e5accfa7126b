using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Finds entries by paths as people write them.</summary>
internal static class VolumePaths
{
    /// <summary>Deleted entries that are looked through, the last placed first.</summary>
    public const int MaxTrash = 200_000;

    /// <summary>The live entry at a path; null for the top folder.</summary>
    /// <exception cref="PeerDriveException">NotFound.</exception>
    public static EntryView? Resolve(Volume volume, string path)
    {
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        return found ? entry : throw Unknown(volume, path);
    }

    /// <summary>The entry of a checkpoint at a path; null for the top folder.</summary>
    /// <inheritdoc cref="Resolve(Volume, string)"/>
    public static CheckpointEntry? Resolve(Volume volume, KeptCheckpoint checkpoint, string path)
    {
        var entry = checkpoint.Tree.Resolve(EntryName.FromDisplay(path), out var found);
        return found ? entry : throw NotFound($"There is no '{path}' in the checkpoint of volume {volume.Name} that is shown until its history has come.");
    }

    /// <summary>The live entry at a path, which is not the top folder.</summary>
    /// <inheritdoc cref="Resolve(Volume, string)"/>
    public static EntryView Require(Volume volume, string path) => Resolve(volume, path) ?? throw TopFolder(volume);

    /// <summary>The entry at a path; when there is none, the last that was deleted there.</summary>
    /// <inheritdoc cref="Resolve(Volume, string)"/>
    public static EntryView RequireAlsoDeleted(Volume volume, string path)
    {
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        if (found) return entry ?? throw TopFolder(volume);
        return Deleted(volume, path) ?? throw Unknown(volume, path);
    }

    /// <summary>The last deleted entry that was at a path; null when there is none.</summary>
    public static EntryView? Deleted(Volume volume, string path)
    {
        var name = EntryName.FromDisplay(path.TrimEnd('/').Split('/')[^1]);
        var normal = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return volume.Reader.Trash(MaxTrash).FirstOrDefault(entry => entry.Name.Bytes.SequenceEqual(name) && volume.Reader.PathOf(entry.Id) == normal);
    }

    private static PeerDriveException Unknown(Volume volume, string path)
    {
        // The deepest folder that is there says where the mistake begins.
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var count = parts.Length - 1; count > 0; count--)
        {
            var above = "/" + string.Join('/', parts.Take(count));
            if (volume.Reader.Resolve(EntryName.FromDisplay(above), out _) is { } entry)
                return entry.IsFolder ? NotFound($"There is no '{parts[count]}' in {above} of volume {volume.Name}.") : new PeerDriveException(ErrorKind.NotAFolder, $"{above} is not a folder.");
        }
        return NotFound($"There is no '{path}' in volume {volume.Name}.");
    }

    private static PeerDriveException NotFound(string message) => new(ErrorKind.NotFound, message);

    private static PeerDriveException TopFolder(Volume volume) => new(ErrorKind.IsAFolder, $"'/' is the top folder of volume {volume.Name}, which has no history of its own; name something in it.");
}
