using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Retention;

namespace PeerDrive.FileSystem.Committing;

/// <summary>
/// What the mount changed and the volume has not got, and when it is to be committed. A look costs by what is due, not by what waits.
/// All of it under the tree's lock.
/// </summary>
internal sealed class DueChanges(VolumeTree tree)
{
    private const int LongOpen = 10;

    /// <summary>Changed names, as they changed first.</summary>
    private readonly LinkedList<PlacedName> names = [];

    private readonly HashSet<TreeNode> nodes = [];

    /// <summary>Changed names that wait for nothing. The name of a new file waits for its bytes.</summary>
    private readonly HashSet<PlacedName> ready = [];

    /// <summary>Nodes by when they are due at the earliest; a node counts under <see cref="TreeNode.QueuedFor"/> only.</summary>
    private readonly PriorityQueue<TreeNode, long> queue = new();

    /// <summary>Names that could not be committed, by when they are tried again.</summary>
    private readonly PriorityQueue<PlacedName, long> aside = new();

    private long sequence;

    /// <summary>Names and nodes that wait.</summary>
    public int Count => names.Count + nodes.Count;

    public IReadOnlyCollection<TreeNode> Nodes => nodes;

    /// <summary>In the order in which they changed first.</summary>
    public IReadOnlyCollection<PlacedName> Names => names;

    /// <summary>One of the changes that could not be committed by themselves; null: there is none.</summary>
    public SetAside? Problem => nodes.Select(node => node.SetAside).Concat(names.Select(name => name.SetAside)).FirstOrDefault(found => found is not null);

    private DriveSettings Settings => tree.Context.Settings;

    private long Now => tree.Context.Time.GetTimestamp();

    public bool Contains(TreeNode node) => nodes.Contains(node);

    public void Add(PlacedName name)
    {
        if (name.Waiting is null)
        {
            name.Sequence = ++sequence;
            name.Waiting = names.AddLast(name);
            name.Node.NotedNames++;
            if (name.Committed is { } place) place.Folder.References++;
        }
        if (name.SetAside is null && IsReady(name)) ready.Add(name);
    }

    public void Remove(PlacedName name)
    {
        if (name.Waiting is not { } waiting) return;
        names.Remove(waiting);
        name.Node.NotedNames--;
        if (name.Committed is { } place) place.Folder.References--;
        ready.Remove(name);
        (name.Waiting, name.SetAside) = (null, null);
    }

    /// <returns>Whether it is due earlier than it was.</returns>
    public bool Add(TreeNode node)
    {
        nodes.Add(node);
        return Reconsider(node);
    }

    public void Remove(TreeNode node)
    {
        nodes.Remove(node);
        (node.QueuedFor, node.SetAside) = (0, null);
    }

    /// <summary>Something of a node changed that may make it due earlier, or its names ready.</summary>
    /// <returns>Whether it did.</returns>
    public bool Reconsider(TreeNode node)
    {
        var isEarlier = false;
        if (node.Document is not null && !node.IsFolder)
        {
            foreach (var name in NamesOf(node)) isEarlier |= name.SetAside is null && ready.Add(name);
        }
        if (!nodes.Contains(node) || DueAt(node) is not { } at || (node.QueuedFor != 0 && node.QueuedFor <= at)) return isEarlier;
        node.QueuedFor = at;
        queue.Enqueue(node, at);
        return true;
    }

    /// <summary>Time until something is due; null: nothing is by itself.</summary>
    public TimeSpan? UntilDue()
    {
        if (ready.Count > 0) return TimeSpan.Zero;
        long? earliest = aside.TryPeek(out _, out var again) ? again : null;
        while (queue.TryPeek(out var node, out var at))
        {
            if (node.QueuedFor == at)
            {
                earliest = Math.Min(at, earliest ?? long.MaxValue);
                break;
            }
            queue.Dequeue();
        }
        if (earliest is not { } next) return null;
        var now = Now;
        return next <= now ? TimeSpan.Zero : tree.Context.Time.GetElapsedTime(now, next);
    }

    /// <summary>All names whose nodes the volume has or gets, and the nodes that are due; with <paramref name="all"/> those that can be.</summary>
    /// <param name="triesAgain">What was set aside is tried again, whenever that would be.</param>
    public CommitBatch Take(bool all, bool triesAgain)
    {
        var taken = all ? AllThatCanBe(triesAgain) : Due();
        var changed = new List<PlacedName>();
        if (all)
        {
            changed.AddRange(names.Where(name => triesAgain || name.SetAside is null));
        }
        else
        {
            while (aside.TryPeek(out _, out var at) && at <= Now)
            {
                if (aside.Dequeue() is { SetAside: not null } name) ready.Add(name);
            }
            foreach (var node in taken) ready.UnionWith(NamesOf(node));
            changed.AddRange(ready);
            changed.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        }
        ready.Clear();
        var steps = new List<NameStep>();
        foreach (var name in changed)
        {
            if (!IsReady(name) && !taken.Contains(name.Node)) continue;
            if (name is { Current: not null, Node: { Document: null, IsFolder: true } or { Document: null, Kind: not DocumentKind.File } }) taken.Add(name.Node);
            steps.Add(new NameStep(name));
        }
        var batch = new CommitBatch(steps, [.. taken.Select(node => new NodeStep(node))]);
        batch.DropPutOff(tree);
        return batch;
    }

    /// <summary>A step of a commit that came to nothing, or was left out: it is due again.</summary>
    public void PutBack(NameStep step)
    {
        var name = step.Name;
        if (name.Waiting is null) return;
        if (name.SetAside is { } why) aside.Enqueue(name, why.Until);
        else Add(name);
    }

    /// <inheritdoc cref="PutBack(NameStep)"/>
    public void PutBack(NodeStep step) => Reconsider(step.Node);

    private HashSet<TreeNode> AllThatCanBe(bool triesAgain) =>
    [
        .. nodes.Where(node => (triesAgain || node.SetAside is null) && (node.IsFolder
            ? node.Names > 0
            : node is { IsWanted: true, IsHeld: false } && (node.Writers == 0 || node is { Document: not null, IsContentChanged: false }))),
    ];

    private HashSet<TreeNode> Due()
    {
        var due = new HashSet<TreeNode>();
        var now = Now;
        while (queue.TryPeek(out var node, out var at) && (at <= now || node.QueuedFor != at))
        {
            queue.Dequeue();
            if (node.QueuedFor != at) continue;
            node.QueuedFor = 0;
            if (!nodes.Contains(node) || DueAt(node) is not { } really) continue;
            if (really <= now) due.Add(node);
            else Reconsider(node);
        }
        return due;
    }

    /// <summary>Changed names of a node.</summary>
    private static IEnumerable<PlacedName> NamesOf(TreeNode node)
    {
        if (node.IsFolder)
        {
            if (node.OwnName is { Waiting: not null } own) yield return own;
            yield break;
        }
        foreach (var place in node.KnownAs)
        {
            if (place.Folder.Added.TryGetValue(place.Name, out var name) && name.Node == node && name.Waiting is not null) yield return name;
        }
    }

    private static bool IsReady(PlacedName name) => name.Current is null || name.Node.Document is not null || name.Node.Kind != DocumentKind.File;

    /// <summary>Null: not by itself.</summary>
    private long? DueAt(TreeNode node)
    {
        if (node.IsFolder ? node.Names == 0 : node.IsHeld || !node.IsWanted) return null;
        var at = DueOf(node);
        return node.SetAside is { } why ? Math.Max(at, why.Until) : at;
    }

    private long DueOf(TreeNode node)
    {
        // A name that was deleted elsewhere is to come back soon.
        if (node.Writers > 0 && node.Names > 0)
            return Math.Min(node.LastChange + Ticks(Settings.OpenFileInterval), node.ChangedSince + LongOpen * Ticks(Settings.OpenFileInterval));
        var quiet = node.LastChange + Ticks(IsEphemeral(node) ? Settings.EphemeralSettle : Settings.Quiet);
        return node.LastCommit == 0 ? quiet : Math.Max(quiet, node.LastCommit + Ticks(Settings.Settle));
    }

    private static bool IsEphemeral(TreeNode node) => node.Kind == DocumentKind.File && node.KnownAs.Count > 0 && node.KnownAs.All(place => EphemeralNames.Contains(place.Name));

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * tree.Context.Time.TimestampFrequency);
}
