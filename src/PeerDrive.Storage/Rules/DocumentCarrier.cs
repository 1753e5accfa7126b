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
internal sealed class DocumentCarrier(Volume from, Volume to, TimeProvider time)
{
    /// <summary>What the other volume does not know, each after those that it was made from.</summary>
    public ImmutableArray<Revision> Missing(DocumentId document) =>
    [
        .. from.Reader.History(document).Reverse().Where(view => to.Reader.FindRevision(view.Id) is null)
            .Select(view => from.Reader.Revision(view.Id) ?? throw new PeerDriveException(ErrorKind.Internal, "A version is listed and cannot be read.")),
    ];

    /// <summary>Stores the contents of revisions in the other volume, so that a commit may name them.</summary>
    /// <exception cref="PeerDriveException">NotHere: a head's content is on no device that can be reached.</exception>
    public async Task CopyContentsAsync(IReadOnlyCollection<Revision> revisions, CancellationToken cancellation)
    {
        var heads = revisions.Count == 0 ? [] : from.Reader.Heads(revisions.First().Document).Select(head => head.Content).ToHashSet();
        var left = new List<Content>();
        foreach (var content in revisions.Select(revision => revision.State.Content).Where(content => !content.IsEmpty).Distinct())
        {
            if (to.Contents.IsHere(content)) continue;
            if (from.Contents.Missing(content, 1).Count > 0)
            {
                if (!heads.Contains(content))
                {
                    left.Add(content);
                    continue;
                }
                using var pace = new ReadPace(from.Contents, time);
                await pace.BringAsync(content, 0, (long)content.Size, cancellation);
            }
            var copied = to.Contents.Store(new ContentCopy(from.Contents.OpenReader(content)), content.Chunking, null, cancellation);
            // Cut with the same parameters, the same bytes make the same content.
            if (copied != content) throw new PeerDriveException(ErrorKind.Corrupt, "The content is not what its version says.");
        }
        if (left.Count > 0) to.Retention.NoteLetGo(left);
    }
}
