using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Committing;

/// <summary>Decides what of the mount's changes is to be committed now. Takes the tree's lock.</summary>
internal sealed class DueChanges(VolumeTree tree)
{
    private const int LongOpen = 10;

    private DriveSettings Settings => tree.Context.Settings;

    private long Now => tree.Context.Time.GetTimestamp();

    /// <summary>Time until something is due; null: nothing waits.</summary>
    public TimeSpan? UntilDue()
    {
        lock (tree.Gate)
        {
            TimeSpan? least = null;
            var now = Now;
            foreach (var name in tree.ChangedNames)
            {
                if (IsOfNewFile(name)) continue;
                least = TimeSpan.Zero;
                break;
            }
            foreach (var node in tree.ChangedNodes)
            {
                if (least == TimeSpan.Zero) break;
                if (DueAt(node) is not { } at) continue;
                var rest = at <= now ? TimeSpan.Zero : tree.Context.Time.GetElapsedTime(now, at);
                if (least is null || rest < least) least = rest;
            }
            return least;
        }
    }

    /// <summary>All names whose nodes the volume has or gets, and the nodes that are due; with <paramref name="all"/> those that can be.</summary>
    public CommitBatch Take(bool all)
    {
        lock (tree.Gate)
        {
            var now = Now;
            var nodes = new List<NodeStep>();
            var taken = new HashSet<TreeNode>();
            foreach (var node in tree.ChangedNodes)
            {
                var isDue = all ? node is { Names: > 0, Writers: 0, IsHeld: false } || node.IsFolder : DueAt(node) is { } at && at <= now;
                if (!isDue || (node.IsFolder && node.Names == 0)) continue;
                nodes.Add(new NodeStep(node));
                taken.Add(node);
            }
            var names = new List<NameStep>();
            foreach (var name in tree.ChangedNames)
            {
                if (name.Current is null || name.Node.Document is not null || taken.Contains(name.Node))
                {
                    names.Add(new NameStep(name));
                }
                else if (name.Node.Kind != DocumentKind.File)
                {
                    nodes.Add(new NodeStep(name.Node));
                    taken.Add(name.Node);
                    names.Add(new NameStep(name));
                }
            }
            return new CommitBatch(names, nodes);
        }
    }

    private static bool IsOfNewFile(PlacedName name) => name.Current is not null && name.Node is { Document: null, Kind: DocumentKind.File };

    /// <summary>Null: not by itself.</summary>
    private long? DueAt(TreeNode node)
    {
        if (node.IsHeld || (node.Names == 0 && !node.IsFolder)) return null;
        if (node.Writers > 0)
            return Math.Min(node.LastChange + Ticks(Settings.OpenFileInterval), node.ChangedSince + LongOpen * Ticks(Settings.OpenFileInterval));
        var quiet = node.LastChange + Ticks(IsEphemeral(node) ? Settings.EphemeralSettle : Settings.Quiet);
        return node.LastCommit == 0 ? quiet : Math.Max(quiet, node.LastCommit + Ticks(Settings.Settle));
    }

    private static bool IsEphemeral(TreeNode node) => node.Kind == DocumentKind.File && node.KnownAs.Count > 0 && node.KnownAs.All(place => EphemeralNames.Contains(place.Name));

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * tree.Context.Time.TimestampFrequency);
}
