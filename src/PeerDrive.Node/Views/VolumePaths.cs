using PeerDrive.Model.Addresses;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Finds entries by paths as people write them; wherever a path is taken, an address of the same volume is one too.</summary>
internal static class VolumePaths
{
    /// <summary>Deleted entries that are looked through, the last placed first.</summary>
    public const int MaxTrash = 200_000;

    /// <summary>The live entry at a path; null for the top folder.</summary>
    /// <exception cref="PeerDriveException">NotFound.</exception>
    public static EntryView? Resolve(Volume volume, string path)
    {
        if (Address.IsAddress(path)) return Resolve(volume, RequireUnpinned(volume, path), alsoDeleted: false);
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        return found ? entry : throw Unknown(volume, path);
    }

    /// <summary>The entry of a checkpoint at a path; null for the top folder.</summary>
    /// <inheritdoc cref="Resolve(Volume, string)"/>
    public static CheckpointEntry? Resolve(Volume volume, KeptCheckpoint checkpoint, string path)
    {
        if (Address.IsAddress(path))
            throw new PeerDriveException(ErrorKind.NotHere, $"Addresses of volume {volume.Name} open when its history has come ('peerdrive status' tells how far that is); until then name things by their paths.");
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
        if (Address.IsAddress(path)) return Resolve(volume, RequireUnpinned(volume, path), alsoDeleted: true) ?? throw TopFolder(volume);
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        if (found) return entry ?? throw TopFolder(volume);
        return Deleted(volume, path) ?? throw Unknown(volume, path);
    }

    /// <summary>The last deleted entry that was at a path; null when there is none.</summary>
    public static EntryView? Deleted(Volume volume, string path)
    {
        if (Address.IsAddress(path)) return Resolve(volume, RequireUnpinned(volume, path), alsoDeleted: true) is { IsLive: false } gone ? gone : null;
        var name = EntryName.FromDisplay(path.TrimEnd('/').Split('/')[^1]);
        var normal = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return volume.Reader.Trash(MaxTrash).FirstOrDefault(entry => entry.Name.Bytes.SequenceEqual(name) && volume.Reader.PathOf(entry.Id) == normal);
    }

    /// <summary>The path that an address has now, or had when it was deleted; what is no address is a path already.</summary>
    /// <exception cref="PeerDriveException">Invalid or NotFound.</exception>
    public static string PlainPath(Volume volume, string path)
    {
        if (!Address.IsAddress(path)) return path;
        var address = RequireUnpinned(volume, path);
        if (address.Document is not { } document) return "/";
        return $"{volume.Reader.PathOf(Place(volume, document, alsoDeleted: true).Id)}{(address.Path.Length > 0 ? $"/{address.Path}" : "")}";
    }

    /// <summary>What an entry's document is called for ever.</summary>
    public static string AddressOf(Volume volume, EntryView entry) => new Address(volume.Id, entry.Document, null, "").ToString();

    /// <summary>Takes the version out of a path that is an address of one.</summary>
    /// <returns>The path without it, and the version's id; null: it names none.</returns>
    /// <exception cref="PeerDriveException">Invalid.</exception>
    public static (string Path, string? Revision) Versioned(string path)
    {
        if (!Address.IsAddress(path) || Address.Parse(path) is not { Revision: { } revision } address) return (path, null);
        return ((address with { Revision = null }).ToString(), revision.ToHex());
    }

    /// <summary>The path that an address had in an old state of the tree; what is no address is a path already.</summary>
    /// <exception cref="PeerDriveException">Invalid or NotFound.</exception>
    public static string PlainPath(Volume volume, PastTree tree, string path)
    {
        if (!Address.IsAddress(path)) return path;
        var address = RequireUnpinned(volume, path);
        if (address.Document is not { } document) return "/";
        var then = volume.Reader.PlacesOf(document).Select(entry => tree.PathOf(entry.Id)).FirstOrDefault(known => known is not null) ?? throw NotFound($"There was no {path} then.");
        return $"{then}{(address.Path.Length > 0 ? $"/{address.Path}" : "")}";
    }

    private static Address RequireUnpinned(Volume volume, string path)
    {
        var address = Address.Parse(path);
        if (address.Volume != volume.Id) throw new PeerDriveException(ErrorKind.Invalid, $"{path} is in another volume than {volume.Name}.");
        return address.Revision is null ? address
            : throw new PeerDriveException(ErrorKind.Invalid, $"{path} is one version, which never changes; for what the document shows now, leave @ and what follows away.");
    }

    /// <summary>Where something new goes: the folder above it is there, and nothing has its name.</summary>
    /// <exception cref="PeerDriveException">Invalid, NotFound: the folder above; AlreadyExists.</exception>
    public static (EntryId Above, EntryName Name) RequireFree(Volume target, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) throw new PeerDriveException(ErrorKind.Invalid, "Name a new path.");
        var folder = Resolve(target, "/" + string.Join('/', parts[..^1]));
        var bytes = EntryName.FromDisplay(parts[^1]);
        if (!EntryName.IsValid(bytes)) throw new PeerDriveException(ErrorKind.Invalid, $"'{parts[^1]}' cannot be a name.");
        var name = EntryName.Create(bytes);
        if (target.Reader.Find(folder?.Id ?? EntryId.Root, name) is not null) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a '{path}' in volume {target.Name}; choose another name.");
        return (folder?.Id ?? EntryId.Root, name);
    }

    private static EntryView? Resolve(Volume volume, Address address, bool alsoDeleted)
    {
        if (address.Document is not { } document) return null;
        var place = Place(volume, document, alsoDeleted);
        if (address.Path.Length == 0) return place;
        var path = $"{volume.Reader.PathOf(place.Id)}/{address.Path}";
        return alsoDeleted ? RequireAlsoDeleted(volume, path) : Resolve(volume, path);
    }

    /// <summary>The first place of a document, of those that are live if there are any.</summary>
    private static EntryView Place(Volume volume, DocumentId document, bool alsoDeleted)
    {
        if (volume.Reader.EntriesOf(document) is [var live, ..]) return live;
        if (volume.Reader.PlacesOf(document) is not [var gone, ..])
            throw NotFound($"Volume {volume.Name} knows no document {document.ToHex()}; what changed on other devices may not have come yet.");
        return alsoDeleted ? gone : throw NotFound($"The document {document.ToHex()} was deleted from {volume.Reader.PathOf(gone.Id)} of volume {volume.Name}. First: peerdrive undelete {new Address(volume.Id, document, null, "")}");
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
