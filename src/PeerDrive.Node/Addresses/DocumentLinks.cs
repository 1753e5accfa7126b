using PeerDrive.Client.Contracts;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Addresses;

/// <summary>Link documents: what they lead to, in all volumes of this node, and what leads to a document.</summary>
internal sealed class DocumentLinks(VolumeTable volumes)
{
    /// <summary>Links behind each other, as on Linux.</summary>
    private const int MostSteps = 40;

    /// <summary>Links that are named of those that lead to one document.</summary>
    public const int MaxNamed = 10_000;

    /// <summary>What a link leads to, through further links; not a link itself.</summary>
    /// <param name="path">The link, for what is said of it.</param>
    /// <exception cref="PeerDriveException">NotFound: it leads to what is not here. Invalid: it leads in a circle, or nowhere that makes sense.</exception>
    public (Volume Volume, RevisionView Revision) Follow(Volume volume, string path, RevisionView link)
    {
        var (led, _) = Walk(volume, path, link);
        return (led.Volume, Shown(led)!.Value);
    }

    /// <summary>The folder that a link leads to; null: it leads to something else, or nowhere.</summary>
    public (Volume Volume, EntryView Entry, RevisionId? Revision)? FolderOf(Volume volume, RevisionView link)
    {
        try
        {
            var (led, shown) = Walk(volume, "", link);
            if (shown.Kind != DocumentKind.Folder || led.Volume.Reader.EntriesOf(led.Document) is not [var entry, ..]) return null;
            return (led.Volume, entry, led.Revision);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Invalid)
        {
            return null;
        }
    }

    /// <summary>Where a path leads that goes on through links to folders, also into other volumes; what goes through none, or to nothing, stays as it is.</summary>
    /// <exception cref="PeerDriveException">NotFound, Invalid: a link on the way leads to what is not here, or in a circle. NotAFolder: to what nothing can be in.</exception>
    public (Volume Volume, string Path) Through(Volume volume, string path)
    {
        if (Address.IsAddress(path)) return (volume, path);
        var start = path;
        for (var steps = 0; steps < MostSteps; steps++)
        {
            _ = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
            if (found || LinkIn(volume, path) is not var (above, link, rest)) return (volume, path);
            var (led, shown) = Walk(volume, above, link);
            if (led.Revision is not null)
                throw new PeerDriveException(ErrorKind.Invalid, $"'{above}' is a link to one version of a folder; to see the folder as it was then, name that: {new Address(led.Volume.Id, led.Document, led.Revision, rest)}");
            if (shown.Kind != DocumentKind.Folder) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{above}' is a link to a {EntryViews.KindText(shown.Kind)}, and nothing can be in that.");
            if (led.Volume.Reader.EntriesOf(led.Document) is not [var folder, ..]) throw new PeerDriveException(ErrorKind.NotFound, $"'{above}' leads to a folder that was deleted.");
            (volume, path) = (led.Volume, $"{led.Volume.Reader.PathOf(folder.Id)}/{rest}");
        }
        throw new PeerDriveException(ErrorKind.Invalid, $"'{start}' goes through more than {MostSteps} links.");
    }

    /// <summary>Says of a link in words what it leads to: a place, or the address when it leads to nothing that is here.</summary>
    public EntryStatus Described(EntryStatus entry)
    {
        if (entry.Kind != "link" || entry.Target is not { } target || !Address.IsAddress(target)) return entry;
        var address = Address.Parse(target);
        return entry with { Target = PlaceOf(address) ?? target, LinkAddress = target };
    }

    /// <summary>Where an address leads to now, as people write it; null: nowhere that is here.</summary>
    public string? PlaceOf(Address address)
    {
        if (volumes.Find(address.Volume) is not { } volume) return null;
        if (address.Document is not { } document) return $"{volume.Name}:/";
        if (volume.Reader.EntriesOf(document) is not [var entry, ..]) return null;
        return $"{volume.Name}:{volume.Reader.PathOf(entry.Id)}{(address.Revision is { } revision ? $"@{revision.ToHex()[..12]}" : "")}";
    }

    /// <summary>Live entries, of all volumes that are here, of links that lead to a document or a version of it.</summary>
    public IEnumerable<(Volume Volume, EntryView Entry)> To(Volume volume, DocumentId document) =>
        volumes.Shown.SelectMany(other => other.Reader.LinksTo(other == volume ? null : volume.Id, document).Select(entry => (other, entry)));

    /// <summary>The first link on a path that has something behind it; null: there is none.</summary>
    private static (string Above, RevisionView Link, string Below)? LinkIn(Volume volume, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var count = 1; count < parts.Length; count++)
        {
            var above = "/" + string.Join('/', parts.Take(count));
            var entry = volume.Reader.Resolve(EntryName.FromDisplay(above), out var found);
            if (!found) return null;
            if (entry?.Shown is { Kind: DocumentKind.Link } link) return (above, link, string.Join('/', parts.Skip(count)));
        }
        return null;
    }

    private (LinkedDocument Led, RevisionView Shown) Walk(Volume volume, string path, RevisionView link)
    {
        for (var steps = 0; steps < MostSteps; steps++)
        {
            var target = volume.Reader.Revision(link.Id)?.State.Target ?? default;
            if (LinkedDocument.Find(volume, target, volumes.Find) is not { } led) throw Nowhere(volume, path, target);
            if (Shown(led) is not { } shown) throw Nowhere(volume, path, target);
            if (shown.Kind != DocumentKind.Link) return (led, shown);
            (volume, link) = (led.Volume, shown);
        }
        throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' is a link that leads in a circle, or through more than {MostSteps} others.");
    }

    private static RevisionView? Shown(LinkedDocument led) =>
        led.Revision is { } pinned ? led.Volume.Reader.FindRevision(pinned) : led.Volume.Reader.Heads(led.Document) is [var shown, ..] ? shown : null;

    private PeerDriveException Nowhere(Volume volume, string path, ByteString target)
    {
        if (LinkedDocument.AddressOf(volume, target) is not { } address)
            return new PeerDriveException(ErrorKind.Invalid, $"'{path}' is a link to what this version does not understand, or to a version that is not known here yet.");
        return new PeerDriveException(ErrorKind.NotFound, volumes.Find(address.Volume) is { } known
            ? $"'{path}' leads to {address}, of which volume {known.Name} knows nothing yet."
            : $"'{path}' leads to {address}, and that volume is not on this device. Join it first: ask a member for a ticket ('peerdrive invite'), then 'peerdrive join TICKET'.");
    }
}
