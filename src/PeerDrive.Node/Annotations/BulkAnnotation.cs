using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Annotations;

/// <summary>Changes annotations of all that a query finds. What matches is found first, as the changes themselves may make it match no more.</summary>
internal sealed class BulkAnnotation(AnnotationDesk desk, FieldStores stores)
{
    /// <summary>Documents of one commit: few enough that others' edits do not wait long, many enough that the log does not grow by headers.</summary>
    private const int BatchDocuments = 500;

    private const int MaxNamed = 100;

    /// <exception cref="PeerDriveException">Invalid: the query or the change. NotFound: a volume. Forbidden: a volume that this device may not write to, before anything is changed.</exception>
    public async Task<BulkAnnotateStatus> RunAsync(NodeCore core, BulkAnnotateRequest request)
    {
        var query = Query.Parse(request.Query);
        var volumes = Searching.Chosen(core, request.Volumes);
        var changes = volumes.Select(volume => new FieldChange(request.Change, stores.Of(volume).TypeOf)).ToList();
        return await core.Jobs.RunAsync(
            new KeptJob("annotate", request.Query, "peerdrive tag, rate or annotate --where"), "documents",
            (job, cancellation) => RunAsync(core, query, volumes, changes, request.IsDryRun, job, cancellation)).ConfigureAwait(false);
    }

    private async Task<BulkAnnotateStatus> RunAsync(
        NodeCore core, Query query, IReadOnlyList<Volume> volumes, List<FieldChange> changes, bool isDryRun, Job job, CancellationToken cancellation)
    {
        var found = new List<(Volume Volume, FieldChange Change, List<EntryId> Entries)>();
        var isPartial = false;
        for (var i = 0; i < volumes.Count; i++)
        {
            var (entries, cut) = await MatchesAsync(core, query, volumes[i], cancellation).ConfigureAwait(false);
            isPartial |= cut;
            if (entries.Count == 0) continue;
            if (!isDryRun && volumes[i].OwnRole < Model.Members.Role.Writer) throw new PeerDriveException(ErrorKind.Forbidden, $"This device may not write to volume {volumes[i].Name}, in which {entries.Count} match; name other volumes.");
            found.Add((volumes[i], changes[i], entries));
        }
        var total = found.Sum(each => each.Entries.Count);
        int done = 0, changed = 0, unchanged = 0, refused = 0, commits = 0;
        List<string> places = [], reasons = [];
        foreach (var (volume, change, entries) in found)
        {
            foreach (var batch in entries.Chunk(BatchDocuments))
            {
                cancellation.ThrowIfCancellationRequested();
                var result = await desk.ApplyAsync(volume, change, batch, isDryRun).ConfigureAwait(false);
                changed += result.Changed.Count;
                unchanged += result.Unchanged;
                refused += result.Refused.Count;
                commits += result.Changed.Count > 0 && !isDryRun ? 1 : 0;
                places.AddRange(result.Changed.Take(MaxNamed - places.Count).Select(entry => $"{volume.Name}:{volume.Reader.PathOf(entry)}"));
                reasons.AddRange(result.Refused.Take(MaxNamed - reasons.Count).Select(each => $"{volume.Name}:{volume.Reader.PathOf(each.Entry)}: {each.Why}"));
                job.Report(done += batch.Length, total);
            }
        }
        return new BulkAnnotateStatus(query.ToString(), isDryRun, total, changed, unchanged, refused, commits, places, reasons, isPartial);
    }

    /// <summary>Live entries that match, each document by one of them.</summary>
    private static async Task<(List<EntryId> Entries, bool IsPartial)> MatchesAsync(NodeCore core, Query query, Volume volume, CancellationToken cancellation)
    {
        var search = core.Volumes.SearchOf(volume) ?? throw new PeerDriveException(ErrorKind.Unsupported, $"Volume {volume.Name} cannot be searched; the node's log says why.");
        await search.WhenCurrentAsync(cancellation).ConfigureAwait(false);
        var entries = new List<EntryId>();
        var known = new HashSet<DocumentId>();
        var isPartial = false;
        string? next = null;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var page = search.Find(query, next, SearchLimits.Page);
            foreach (var hit in page.Hits)
            {
                if (hit.Entry.IsLive && known.Add(hit.Entry.Document)) entries.Add(hit.Entry.Id);
            }
            isPartial |= page.IsPartial;
            next = page.Next;
        }
        while (next is not null);
        return (entries, isPartial);
    }
}
