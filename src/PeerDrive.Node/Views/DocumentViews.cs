using PeerDrive.Client.Contracts;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Addresses;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Documents by their identity, as the API shows them.</summary>
internal static class DocumentViews
{
    /// <summary>Places that are named of one document: a person reads no more, and others could make any number.</summary>
    private const int MaxPlaces = 1_000;

    /// <param name="revision">The version that is meant; null: what the document shows.</param>
    public static DocumentStatus Of(DocumentLinks links, Volume volume, DocumentId document, RevisionId? revision)
    {
        var heads = volume.Reader.Heads(document);
        var live = volume.Reader.EntriesOf(document);
        var places = live.Count > 0 ? live : volume.Reader.PlacesOf(document);
        RevisionView? shown = revision is { } pinned ? volume.Reader.FindRevision(pinned) : heads is [var head, ..] ? head : null;
        var kind = shown?.Kind ?? (places is [{ IsFolder: true }, ..] ? DocumentKind.Folder : DocumentKind.File);
        var target = shown is { Kind: DocumentKind.Link or DocumentKind.SymbolicLink } link && volume.Reader.Revision(link.Id) is { } whole
            ? EntryViews.TargetOf(volume, link.Kind, whole.State.Target) : null;
        var address = kind == DocumentKind.Link && target is not null && Address.IsAddress(target) ? target : null;
        return new DocumentStatus(
            new Address(volume.Id, document, revision, "").ToString(), volume.Name, volume.Id.ToHex(), document.ToHex(), EntryViews.KindText(kind), shown?.Id.ToHex() ?? "",
            revision is not null, live.Count == 0, heads.Count, Paths(volume, places))
        {
            Target = address is null ? target : links.PlaceOf(Address.Parse(address)) ?? address,
            LinkAddress = address,
            Backlinks = links.To(volume, document).Count(),
        };
    }

    /// <summary>All paths of the document of a file; null: it has just one, or is a folder.</summary>
    public static IReadOnlyList<string>? SeveralPlaces(Volume volume, EntryView? entry) => entry is { IsFolder: false } ? SeveralPlaces(volume, entry.Document) : null;

    /// <inheritdoc cref="SeveralPlaces(Volume, EntryView?)"/>
    public static IReadOnlyList<string>? SeveralPlaces(Volume volume, DocumentId? document) =>
        document is { } known && volume.Reader.LinkCount(known) > 1 ? Paths(volume, volume.Reader.EntriesOf(known)) : null;

    /// <summary>All places of a document and all links to it.</summary>
    public static BacklinksStatus Backlinks(DocumentLinks links, Volume volume, DocumentId document)
    {
        var found = links.To(volume, document).Take(DocumentLinks.MaxNamed + 1).ToList();
        return new BacklinksStatus(
            new Address(volume.Id, document, null, "").ToString(), Paths(volume, volume.Reader.EntriesOf(document)),
            [
                .. found.Take(DocumentLinks.MaxNamed).Select(each => new BacklinkStatus(
                    each.Volume.Name, each.Volume.Id.ToHex(), each.Volume.Reader.PathOf(each.Entry.Id), VolumePaths.AddressOf(each.Volume, each.Entry), PinnedBy(each.Volume, each.Entry)))
                    .OrderBy(link => link.Volume, StringComparer.Ordinal).ThenBy(link => link.Path, StringComparer.Ordinal),
            ],
            found.Count > DocumentLinks.MaxNamed);
    }

    /// <summary>A document by an address, and the version that the address names.</summary>
    /// <exception cref="PeerDriveException">NotFound: nothing is known of it here. Invalid: the top folder, which is no document.</exception>
    public static (DocumentId Document, RevisionId? Revision) Resolve(Volume volume, string path, string? revision)
    {
        var (plain, pinned) = VolumePaths.Versioned(path);
        if (pinned is not null && Address.Parse(plain).Path.Length > 0)
        {
            var tree = PastViews.Tree(volume, pinned);
            var then = PastViews.Resolve(volume, tree, plain)!;
            return (then.Document, then.Shown?.Id);
        }
        var document = VolumePaths.RequireAlsoDeleted(volume, plain).Document;
        return (revision ?? pinned) is { Length: > 0 } named ? (document, RevisionViews.Require(volume, document, named).Id) : (document, null);
    }

    private static string? PinnedBy(Volume volume, EntryView link) =>
        link.Shown is { } shown && volume.Reader.Revision(shown.Id) is { } revision ? LinkTarget.Parse(revision.State.Target.Span)?.Revision?.ToHex() : null;

    private static List<string> Paths(Volume volume, IReadOnlyList<EntryView> entries) => [.. entries.Take(MaxPlaces).Select(entry => volume.Reader.PathOf(entry.Id)).Order(StringComparer.Ordinal)];
}
