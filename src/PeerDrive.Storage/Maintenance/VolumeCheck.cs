using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Maintenance;

/// <summary>
/// Checks a replica while it is in use: both databases, and every chunk against its checksum and id. A damaged chunk is forgotten,
/// so that it counts as missing and the exchange fetches it again.
/// </summary>
public sealed class VolumeCheck(Volume volume, TimeProvider time)
{
    /// <summary>Paths and problems that are listed; of more only the number is told.</summary>
    private const int MaxListed = 1000;

    /// <param name="rebuild">Derives the catalog anew first.</param>
    /// <param name="healing">How long to wait for peers to send again what was damaged.</param>
    /// <param name="onProgress">Told the bytes read so far and the bytes in all.</param>
    /// <exception cref="PeerDriveException">Corrupt: the log itself is damaged.</exception>
    public async Task<CheckResult> RunAsync(bool rebuild, TimeSpan healing, Action<long, long> onProgress, CancellationToken cancellation)
    {
        var problems = new List<string>();
        if (rebuild) volume.Rebuild();
        problems.AddRange(ProblemsOf(volume.State, "state.db").Concat(ProblemsOf(volume.CatalogDatabase, "catalog.db")));
        volume.Contents.Chunks.FlushIndex();
        var (chunks, bytes) = StoredSize.Of(volume);
        var damaged = new HashSet<ChunkId>();
        foreach (var chunk in volume.Contents.Chunks.FindDamaged(done =>
        {
            cancellation.ThrowIfCancellationRequested();
            onProgress(done, bytes);
        })) damaged.Add(chunk);
        if (damaged.Count == 0) return new CheckResult(chunks, bytes, 0, 0, [], problems);

        using var changes = volume.Subscribe();
        // Named first: as soon as the contents count as missing they may be healed. What was stored anew since it was looked at is not damaged any more.
        damaged.RemoveWhere(chunk => !volume.Contents.Chunks.TryForgetDamaged(chunk));
        var affected = volume.ContentsWith(damaged);
        volume.NoteMissing(null);
        // Whatever the policy asks for: they were here.
        foreach (var (content, _) in affected) volume.Replica.Request(content);
        var paths = affected.SelectMany(content => Names(content.Document)).Distinct().Order(StringComparer.Ordinal).ToList();
        // A chunk that no content names any more hurts nobody once it is forgotten.
        await HealedAsync(changes, () => Left() == 0, healing, cancellation);
        var left = Left();
        if (left > 0)
            problems.Add($"{left} damaged contents could not be fetched again yet; they heal as soon as a peer that has them is connected.");
        if (paths.Count > MaxListed)
        {
            problems.Add($"{paths.Count - MaxListed} more files are affected than are listed.");
            paths.RemoveRange(MaxListed, paths.Count - MaxListed);
        }
        return new CheckResult(chunks, bytes, damaged.Count, left == 0 ? damaged.Count : damaged.Count(volume.Contents.Chunks.Contains), paths, problems);

        int Left() => affected.Count(content => volume.Contents.Missing(content.Content, 1).Count > 0);
    }

    private async Task HealedAsync(ChangeSubscription changes, Func<bool> isHealed, TimeSpan healing, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(healing, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            while (!isHealed()) await changes.NextAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Long enough: what is still missing is told.
        }
    }

    private IEnumerable<string> Names(DocumentId document)
    {
        var entries = volume.Reader.EntriesOf(document);
        return entries.Count > 0 ? entries.Select(entry => volume.Reader.PathOf(entry.Id)) : [$"a deleted file (document {document.ToHex()})"];
    }

    private static IEnumerable<string> ProblemsOf(Database database, string name)
    {
        lock (database.Gate) return [.. database.IntegrityProblems().Select(problem => $"{name}: {problem}")];
    }
}
