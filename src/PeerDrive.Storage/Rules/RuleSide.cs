using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>One of a rule's two folders.</summary>
internal sealed class RuleSide(Volume volume, EntryId folder)
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

    /// <summary>All that is live in the folder, each after the folder it is in.</summary>
    public IEnumerable<(EntryView Entry, int Depth)> All()
    {
        var open = new Stack<(EntryId Folder, int Depth)>([(folder, 1)]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in volume.Reader.List(next.Folder))
            {
                yield return (entry, next.Depth);
                if (entry.IsFolder) open.Push((entry.Id, next.Depth + 1));
            }
        }
    }
}
