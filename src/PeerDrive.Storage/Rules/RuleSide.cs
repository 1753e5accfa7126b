using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>One of a rule's two folders.</summary>
internal sealed class RuleSide(Volume volume, EntryId folder, RuleFilter filter)
{
    /// <summary>Deeper than any tree is.</summary>
    private const int MaxDepth = 10_000;

    private readonly PlaceStamps stamps = new(volume);

    public Volume Volume => volume;

    public EntryId Folder => folder;

    public PlaceStamps Stamps => stamps;

    public VolumeReader Reader => volume.Reader;

    /// <summary>Whether an entry is live and in the folder, however deep.</summary>
    public bool Has(EntryView? entry) => entry is { IsLive: true } && entry.Id != folder && DepthOf(entry) > 0;

    /// <summary>1: it is in the folder itself; 0: it is elsewhere, or the folder itself.</summary>
    public int DepthOf(EntryView entry)
    {
        var depth = 1;
        for (var above = entry.Parent; above != folder; depth++)
        {
            if (above == EntryId.Root || above == EntryId.LostAndFound || depth > MaxDepth || volume.Reader.Get(above) is not { } view) return 0;
            above = view.Parent;
        }
        return depth;
    }

    /// <summary>When the entry got its name and its folder, or was deleted.</summary>
    public long StampOf(EntryView entry) => stamps.Of(entry);

    /// <summary>When the entry came to where it is, or went, by itself or with a folder above it.</summary>
    public long ComingOf(EntryView entry)
    {
        var (at, last) = (entry, stamps.Of(entry));
        for (var depth = 0; entry.IsLive && depth < MaxDepth && at.Parent != folder && volume.Reader.Get(at.Parent) is { } above; depth++)
        {
            last = Math.Max(last, stamps.Of(above));
            at = above;
        }
        return last;
    }

    /// <summary>Whether an entry would come to lie in itself.</summary>
    public bool IsBelow(EntryId folderOrRoot, EntryId entry)
    {
        var depth = 0;
        for (var above = folderOrRoot; above != EntryId.Root && above != EntryId.LostAndFound && depth < MaxDepth; depth++)
        {
            if (above == entry) return true;
            if (volume.Reader.Get(above) is not { } view) return false;
            above = view.Parent;
        }
        return false;
    }

    /// <summary>What the rule's filter makes of where an entry is, or was when it went; of one that is elsewhere nothing: <see cref="RuleReach.In"/>.</summary>
    public RuleReach ReachOf(EntryView entry) => filter.IsNone || entry.Id == folder ? RuleReach.In : ReachAt(entry.Parent, entry.Name, entry.IsFolder);

    /// <summary>What the rule's filter makes of a name in a folder.</summary>
    public RuleReach ReachAt(EntryId parent, EntryName name, bool isFolder) =>
        filter.IsNone || Above(parent) is not { } above ? RuleReach.In : filter.Next(above.Reach, Join(above.Path, name), isFolder);

    /// <summary>All that is live in a folder and that the rule is for, each after the folder it is in.</summary>
    /// <param name="top">A folder that may be elsewhere: then all that is in it, at depth 0.</param>
    /// <param name="isKnown">Whether the rule had an entry in step: then it looks after a folder also while nothing in it is asked for.</param>
    public IReadOnlyList<(EntryView Entry, int Depth)> Below(EntryId top, Func<EntryId, bool> isKnown)
    {
        var depth = top == folder ? 0 : volume.Reader.Get(top) is { } view ? DepthOf(view) : 0;
        var isInside = top == folder || depth > 0;
        var (path, reach) = !filter.IsNone && isInside && Above(top) is { } above ? above : ([], RuleReach.In);
        var found = new List<(EntryView Entry, int Depth, int Above, bool IsWanted)>();
        var open = new Stack<(EntryId Folder, int Depth, int At, byte[] Path, RuleReach Reach)>([(top, depth, -1, path, reach)]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in volume.Reader.List(next.Folder))
            {
                var own = filter.IsNone || !isInside ? [] : Join(next.Path, entry.Name);
                var its = filter.IsNone || !isInside ? RuleReach.In : filter.Next(next.Reach, own, entry.IsFolder);
                if (its == RuleReach.Out) continue;
                found.Add((entry, isInside ? next.Depth + 1 : 0, next.At, false));
                if (its == RuleReach.In || isKnown(entry.Id)) Want(found, found.Count - 1);
                if (entry.IsFolder) open.Push((entry.Id, next.Depth + 1, found.Count - 1, own, its));
            }
        }
        return [.. found.Where(each => each.IsWanted).Select(each => (each.Entry, each.Depth))];
    }

    /// <summary>What is wanted, and the folders that lead to it.</summary>
    private static void Want(List<(EntryView Entry, int Depth, int Above, bool IsWanted)> found, int at)
    {
        for (; at >= 0 && !found[at].IsWanted; at = found[at].Above) found[at] = found[at] with { IsWanted = true };
    }

    /// <summary>Path and reach of a folder; null: it is elsewhere.</summary>
    private (byte[] Path, RuleReach Reach)? Above(EntryId inside)
    {
        var names = new Stack<EntryName>();
        for (var at = inside; at != folder;)
        {
            if (at == EntryId.Root || at == EntryId.LostAndFound || names.Count > MaxDepth || volume.Reader.Get(at) is not { } view) return null;
            names.Push(view.Name);
            at = view.Parent;
        }
        byte[] path = [];
        var reach = filter.Top;
        while (names.TryPop(out var name))
        {
            path = Join(path, name);
            reach = filter.Next(reach, path, isFolder: true);
        }
        return (path, reach);
    }

    private static byte[] Join(byte[] path, EntryName name) => path.Length == 0 ? name.Bytes.ToArray() : [.. path, (byte)'/', .. name.Bytes];
}
