using System.Collections.Immutable;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Texts;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>What was changed in two ways at once: listed, looked at, ended.</summary>
internal static class ConflictRoutes
{
    /// <summary>Of a text that is shown with both sides.</summary>
    private const int MaxTextBytes = 2 << 20;

    /// <summary>Of a merged file that is taken in.</summary>
    private const long MaxMergedBytes = 1L << 30;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("conflicts", new("Conflicts of all volumes.") { Answers = typeof(IReadOnlyList<ConflictStatus>) }, call => call.AnswerAsync(node.Core.Volumes.All.SelectMany(Of)));
        api.Get("volumes/{volume}/conflicts", new("Conflicts of a volume.") { Answers = typeof(IReadOnlyList<ConflictStatus>) }, call => call.AnswerAsync(Of(node.Core.Volumes.Require(call.Route("volume")))));
        api.Get("volumes/{volume}/conflict", new("Base and sides of a conflict beside each other.") { Query = [ApiParameters.Path.Required], Answers = typeof(ThreeWayStatus) }, call => ThreeWayAsync(call, node.Core));
        api.Post("volumes/{volume}/resolve", new("Settles a conflict.") { Takes = typeof(ResolveRequest), Answers = typeof(RevisionStatus) }, call => ResolveAsync(call, node.Core));
    }

    private static IEnumerable<ConflictStatus> Of(Volume volume)
    {
        var present = new PresentContents(volume);
        return volume.Reader.Conflicts().Select(entry => new ConflictStatus(volume.Reader.PathOf(entry.Id), entry.Document.ToHex(), Heads(volume, entry, present)) { Volume = volume.Name });
    }

    private static IReadOnlyList<RevisionStatus> Heads(Volume volume, EntryView entry, PresentContents present)
    {
        var heads = volume.Reader.Heads(entry.Document);
        return [.. heads.Select(head => RevisionViews.Of(volume, head, heads[0].Id, present))];
    }

    private static async Task ThreeWayAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = call.RequiredQuery("path");
        var entry = VolumePaths.Require(volume, path);
        var present = new PresentContents(volume);
        var heads = Heads(volume, entry, present);
        var origin = BaseOf(volume, entry.Document);
        string? text = null;
        if (heads.Count == 2 && !entry.IsFolder)
        {
            List<Content> contents = [origin?.State.Content ?? Content.Empty, .. volume.Reader.Heads(entry.Document).Select(head => head.Content)];
            if (contents.TrueForAll(content => content.Size <= MaxTextBytes))
            {
                var texts = new List<byte[]>();
                foreach (var content in contents) texts.Add(await AllAsync(core, volume, content, call.Cancellation).ConfigureAwait(false));
                text = ThreeWayText.Of(texts[0], texts[1], texts[2], heads[0].Author, heads[1].Author);
            }
        }
        var shown = volume.Reader.Heads(entry.Document)[0].Id;
        await call.AnswerAsync(new ThreeWayStatus(
            volume.Reader.PathOf(entry.Id), entry.Document.ToHex(),
            origin is not null && volume.Reader.FindRevision(origin.Id) is { } view ? RevisionViews.Of(volume, view, shown, present) : null, heads, text)).ConfigureAwait(false);
    }

    /// <summary>The revision that the heads of a document have in common; null: none, or several.</summary>
    private static Revision? BaseOf(Volume volume, DocumentId document)
    {
        var revisions = volume.Reader.History(document).Select(view => volume.Reader.Revision(view.Id)).OfType<Revision>().ToDictionary(revision => revision.Id);
        var heads = HeadSet.Of(revisions.ToDictionary(pair => pair.Key, pair => new RevisionNode(pair.Value.Parents, pair.Value.IsMerge, pair.Value.Fields.Time)));
        return heads.MergeBases([.. heads.Heads]) is [var only] && revisions.TryGetValue(only, out var found) ? found : null;
    }

    private static async Task<byte[]> AllAsync(NodeCore core, Volume volume, Content content, CancellationToken cancellation)
    {
        if (content.IsEmpty) return [];
        if (volume.Contents.Missing(content, 1).Count > 0)
        {
            using var pace = new ReadPace(volume.Contents, core.Time);
            await pace.BringAsync(content, 0, (long)content.Size, cancellation).ConfigureAwait(false);
        }
        return volume.Contents.ReadAll(content, MaxTextBytes);
    }

    private static async Task ResolveAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<ResolveRequest>().ConfigureAwait(false);
        var entry = VolumePaths.Require(volume, request.Path);
        if (entry.Heads < 2) throw new PeerDriveException(ErrorKind.Invalid, $"'{request.Path}' is not in conflict.");
        var ways = (request.Revision.Length > 0 ? 1 : 0) + (request.MergedFile is { Length: > 0 } ? 1 : 0) + (request.KeepsBoth ? 1 : 0);
        if (ways != 1) throw new PeerDriveException(ErrorKind.Invalid, "Say how the conflict ends, in one way: a head to take, a merged file, or keeping all.");
        ImmutableArray<RevisionId> heads = [.. volume.Reader.Heads(entry.Document).Select(head => head.Id).Order()];
        // The person decided between these; one that came meanwhile was not seen.
        if (request.Heads is { } seen && !seen.Order(StringComparer.Ordinal).SequenceEqual(heads.Select(head => head.ToHex()).Order(StringComparer.Ordinal))) throw Changed(request.Path);
        if (request.KeepsBoth)
        {
            await volume.CommitAsync(edit =>
            {
                RequireSame(volume, entry, heads, request.Path);
                KeepBoth(volume, edit, entry, heads);
            }).ConfigureAwait(false);
        }
        else
        {
            var (state, comment) = request.MergedFile is { Length: > 0 } file
                ? (HistoryRoutes.Load(volume, volume.Reader.Heads(entry.Document)[0].Id).State with { Content = Store(volume, file, call.Cancellation), Mtime = EntryViews.Nanoseconds(core.Time.GetUtcNow()) }, "merged with a program")
                : Chosen(volume, entry, request.Revision);
            await HistoryRoutes.CommitAsync(volume, entry, state, comment, _ => RequireSame(volume, entry, heads, request.Path)).ConfigureAwait(false);
        }
        await call.AnswerAsync(HistoryRoutes.Shown(volume, entry)).ConfigureAwait(false);
    }

    private static (RevisionState State, string Comment) Chosen(Volume volume, EntryView entry, string revision)
    {
        var chosen = RevisionViews.Require(volume, entry.Document, revision);
        if (!chosen.IsHead) throw new PeerDriveException(ErrorKind.Invalid, $"{revision} is not one of the heads; see 'peerdrive conflicts'. An old revision is brought back with 'peerdrive restore'.");
        return (HistoryRoutes.Load(volume, chosen.Id).State, $"chose {chosen.Id.ToHex()[..12]}");
    }

    private static Content Store(Volume volume, string file, CancellationToken cancellation)
    {
        if (!Path.IsPathFullyQualified(file)) throw new PeerDriveException(ErrorKind.Invalid, "Name the merged file by its whole path.");
        using var source = LocalFileSource.Open(file, MaxMergedBytes);
        return volume.Contents.Store(source, 0, null, cancellation);
    }

    /// <summary>The shown head goes on; every other becomes a document of its own beside it, named after who made it.</summary>
    private static void KeepBoth(Volume volume, VolumeEdit edit, EntryView entry, ImmutableArray<RevisionId> heads)
    {
        if (entry.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{entry.ShownName}' is a folder, of which there can be only one; take one of its heads.");
        var now = volume.Reader.Require(entry.Id);
        foreach (var head in volume.Reader.Heads(entry.Document).Skip(1))
        {
            var maker = volume.Reader.MakerOf(head.Id) is { } device ? volume.Members.DeviceName(device) : "merge";
            var name = ShownNames.WithSuffix(now.Name, false, $" ({ShownNames.Label(maker)})");
            for (var n = 2; volume.Reader.Find(now.Parent, name) is not null; n++) name = ShownNames.WithSuffix(now.Name, false, $" ({ShownNames.Label(maker)} {n})");
            edit.Create(now.Parent, name, HistoryRoutes.Load(volume, head.Id).State, $"kept beside {now.ShownName}: {head.Id.ToHex()[..12]}");
        }
        edit.Revise(entry.Id, HistoryRoutes.Load(volume, volume.Reader.Heads(entry.Document)[0].Id).State, heads, "kept both");
    }

    private static void RequireSame(Volume volume, EntryView entry, ImmutableArray<RevisionId> heads, string path)
    {
        if (!volume.Reader.Heads(entry.Document).Select(head => head.Id).Order().SequenceEqual(heads)) throw Changed(path);
    }

    private static PeerDriveException Changed(string path) => new(ErrorKind.Conflict, $"'{path}' changed meanwhile; look at its heads again.");
}
