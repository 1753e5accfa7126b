using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Who changed what, when and where: of a volume, a folder or a file, in pages.</summary>
internal static class ChangesRoute
{
    private const int MaxLimit = 1_000, UsualLimit = 50;

    public static Task AnswerAsync(ApiCall call, NodeCore core)
    {
        var (volume, path) = core.PlaceOf(call.Route("volume"), call.Query("path") is { Length: > 0 } named ? VolumePaths.Versioned(named).Path : "/");
        var query = Query(call, volume, VolumePaths.PlainPath(volume, path));
        var page = volume.History.Changes(query);
        var present = new PresentContents(volume);
        var shown = new Dictionary<DocumentId, RevisionId?>();
        return call.AnswerAsync(new ChangePage([.. page.Changes.Select(change => Of(volume, change, present, shown))], page.Next?.ToString()) { Places = DocumentViews.SeveralPlaces(volume, query.Document) });
    }

    private static HistoryQuery Query(ApiCall call, Volume volume, string path)
    {
        var limit = call.Number("limit", 1, MaxLimit, UsualLimit);
        DocumentId? document = null;
        EntryId? below = null;
        if (path.Trim('/').Length > 0)
        {
            var entry = VolumePaths.RequireAlsoDeleted(volume, path);
            if (entry.IsFolder) below = entry.Id;
            else document = entry.Document;
        }
        return new HistoryQuery(document, below, limit)
        {
            After = call.Query("after") is { Length: > 0 } after ? HistoryCursor.Parse(after) ?? throw new PeerDriveException(ErrorKind.Invalid, $"'{after}' is no place in a log.") : null,
            Since = Time(call, "since"),
            Until = Time(call, "until"),
            By = call.Query("by") is { Length: > 0 } by ? Makers.Of(volume, by) : null,
            Kinds = call.Query("kind") is { Length: > 0 } kinds ? kinds.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Kind).ToHashSet() : null,
            Comment = call.Query("grep") is { Length: > 0 } grep ? grep : null,
        };
    }

    private static long? Time(ApiCall call, string name)
    {
        if (call.Query(name) is not { Length: > 0 } text) return null;
        return PastViews.TryTime(text, out var time) ? EntryViews.Nanoseconds(time) : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no time in ISO 8601.");
    }

    private static HistoryKind Kind(string text) => !char.IsAsciiDigit(text[0]) && Enum.TryParse<HistoryKind>(text, ignoreCase: true, out var kind)
        ? kind
        : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no kind of change; there are: {string.Join(", ", Enum.GetNames<HistoryKind>()).ToLowerInvariant()}.");

    private static ChangeStatus Of(Volume volume, HistoryChange change, PresentContents present, Dictionary<DocumentId, RevisionId?> shown)
    {
        RevisionStatus? revision = null;
        if (change.Revision is { } view && change.Document is { } document)
        {
            if (!shown.TryGetValue(document, out var head)) shown[document] = head = RevisionViews.ShownOf(volume, document);
            revision = RevisionViews.Of(volume, view, head, present);
        }
        return new ChangeStatus(
            change.At.Changeset.ToHex(), EntryViews.Time(change.At.Time), volume.Members.DeviceName(change.Device), Makers.PersonOf(volume, change.Device),
            change.Kind.ToString().ToLowerInvariant(), change.Path, change.From, change.Entry?.ToHex(), change.Document?.ToHex(), change.IsFolder, change.Comment, revision);
    }
}
