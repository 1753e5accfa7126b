using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Revisions as the API shows them, and how people name them.</summary>
internal static class RevisionViews
{
    /// <param name="shown">The shown head of the document.</param>
    public static RevisionStatus Of(Volume volume, RevisionView view, RevisionId? shown, PresentContents present)
    {
        var revision = volume.Reader.Revision(view.Id) ?? throw new PeerDriveException(ErrorKind.NotFound, "The revision is not here any more.");
        var fields = revision.Fields;
        return new RevisionStatus(
            view.Id.ToHex(), fields.Document.ToHex(), [.. fields.Parents.Select(parent => parent.ToHex())], EntryViews.KindText(view.Kind), (long)view.Content.Size,
            EntryViews.ModeText(view.Mode), EntryViews.Time(view.Mtime), EntryViews.Time(view.Time), fields.Author is { } author ? volume.Members.DeviceName(author) : "",
            fields.Creator, fields.Comment, view.IsHead, view.Id == shown, view.IsMerge, present.IsHere(view.Content))
        {
            IsThinned = !present.IsHere(view.Content) && volume.Retention.IsThinned(view.Content),
            WrongMergeBy = view.IsMerge && volume.Reader.WrongMerges().FirstOrDefault(merge => merge.Revision == view.Id) is { } wrong ? volume.Members.DeviceName(wrong.Device) : null,
        };
    }

    /// <summary>All revisions of a document, the last to arrive first; read as they are taken.</summary>
    public static IEnumerable<RevisionStatus> History(Volume volume, DocumentId document)
    {
        var present = new PresentContents(volume);
        var shown = ShownOf(volume, document);
        return volume.Reader.History(document).Select(view => Of(volume, view, shown, present));
    }

    public static RevisionId? ShownOf(Volume volume, DocumentId document) => volume.Reader.Heads(document) is [var shown, ..] ? shown.Id : null;

    /// <summary>The revision of a document whose id begins with hexadecimal digits.</summary>
    /// <exception cref="PeerDriveException">NotFound; Conflict: several.</exception>
    public static RevisionView Require(Volume volume, DocumentId document, string text)
    {
        RequireDigits(text);
        return One(text, [.. volume.Reader.History(document).Where(view => view.Id.ToHex().StartsWith(text, StringComparison.OrdinalIgnoreCase)).Take(2)]);
    }

    /// <summary>The revision of any document whose id begins with hexadecimal digits.</summary>
    /// <inheritdoc cref="Require(Volume, DocumentId, string)"/>
    public static RevisionView Require(Volume volume, string text)
    {
        RequireDigits(text);
        return One(text, volume.Reader.RevisionsStarting(text.ToLowerInvariant()));
    }

    private static void RequireDigits(string text)
    {
        if (text.Length is 0 or > 64 || !text.All(char.IsAsciiHexDigit))
            throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no revision; write its id or the beginning of it, as 'peerdrive log' shows.");
    }

    private static RevisionView One(string text, IReadOnlyList<RevisionView> found) => found.Count switch
    {
        1 => found[0],
        0 => throw new PeerDriveException(ErrorKind.NotFound, $"There is no revision '{text}' here; 'peerdrive log' shows those that there are."),
        _ => throw new PeerDriveException(ErrorKind.Conflict, $"Several revisions begin with '{text}'; write more of the id."),
    };
}
