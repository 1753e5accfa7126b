using System.Collections.Immutable;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// Brings a document's history from one volume to another as it is, with the same revisions. Contents of heads come along, wherever they have to be brought from; those of old versions
/// if they are here, and are known and absent otherwise.
/// </summary>
internal sealed class DocumentCarrier(Volume from, Volume to, RuleTurns turns, TimeProvider time)
{
    /// <summary>What the other volume does not know, each after those that it was made from.</summary>
    public ImmutableArray<Revision> Missing(DocumentId document) =>
    [
        .. from.Reader.History(document).Reverse().Where(view => to.Reader.FindRevision(view.Id) is null)
            .Select(view => from.Reader.Revision(view.Id) ?? throw new PeerDriveException(ErrorKind.Internal, "A version is listed and cannot be read.")),
    ];

    /// <summary>Contents of revisions that have to be copied before a commit in the other volume may name them; none: those that stay behind are noted as let go there.</summary>
    public IReadOnlyList<ContentNeed> Needs(IReadOnlyCollection<Revision> revisions)
    {
        if (revisions.Count == 0) return [];
        var heads = from.Reader.Heads(revisions.First().Document).Select(head => head.Content).ToHashSet();
        var lacking = revisions.Select(revision => revision.State.Content).Where(content => !content.IsEmpty).Distinct().Where(content => !to.Contents.IsHere(content))
            .ToLookup(content => heads.Contains(content) || from.Contents.Missing(content, 1).Count == 0);
        if (!lacking[true].Any() && lacking[false].Any()) to.Retention.NoteLetGo([.. lacking[false]]);
        return [.. lacking[true].Select(content => new ContentNeed(this, content))];
    }

    /// <summary>Stores a content in the other volume, and waits for it if it is not here. No turn of a volume may be held.</summary>
    /// <exception cref="PeerDriveException">NotHere: it is on no device that can be reached.</exception>
    public async Task CopyAsync(Content content, CancellationToken cancellation)
    {
        // By another document, or another rule.
        if (to.Contents.IsHere(content)) return;
        using var pace = new ReadPace(from.Contents, time);
        if (from.Contents.Missing(content, 1).Count > 0) await pace.BringAsync(content, 0, (long)content.Size, cancellation);
        using var copy = await turns.TakeCopyAsync(cancellation);
        using var reader = from.Contents.OpenReader(content);
        var copied = to.Contents.Store(new ContentCopy(reader), content.Chunking, null, cancellation);
        // Cut with the same parameters, the same bytes make the same content.
        if (copied != content) throw new PeerDriveException(ErrorKind.Corrupt, "The content is not what its version says.");
    }
}
