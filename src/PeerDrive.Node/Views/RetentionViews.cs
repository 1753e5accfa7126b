using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Retention as the API shows it.</summary>
internal static class RetentionViews
{
    /// <summary>Documents that are listed; of more only the number is told.</summary>
    private const int MaxListed = 1000;

    public static DiskUseStatus Of(DiskUse use) => new(use.Current, use.History, use.Trash, use.Reclaimable);

    public static RetentionStatus Of(Volume volume)
    {
        var rule = volume.Retention.Rule;
        var (contents, bytes) = volume.Retention.ThinnedTotals();
        return new RetentionStatus(volume.Id.ToHex(), rule.ToString(), rule.IsKeepAll, contents, bytes, volume.Retention.Pinned.Count);
    }

    public static ThinStatus Of(Volume volume, ThinPlan plan, RetentionRule rule, bool dryRun, long freed) => new(
        dryRun, rule.ToString(), plan.Versions, plan.Bytes, freed,
        [.. plan.Documents.OrderByDescending(document => document.Bytes).Take(MaxListed).Select(document => Of(volume, document))], Math.Max(0, plan.Documents.Count - MaxListed));

    private static ThinnedStatus Of(Volume volume, ThinnedDocument thinned) => volume.Reader.PlacesOf(thinned.Document) is [var place, ..]
        ? new ThinnedStatus(volume.Reader.PathOf(place.Id), thinned.Document.ToHex(), !place.IsLive, thinned.Versions, thinned.Bytes)
        : new ThinnedStatus($"(document {thinned.Document.ToHex()[..12]})", thinned.Document.ToHex(), true, thinned.Versions, thinned.Bytes);
}
