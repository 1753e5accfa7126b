using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Trees;

/// <summary>What happens to names: they change in the mount at once, and in the volume with the next commit.</summary>
internal sealed class NameOperations(VolumeTree tree)
{
    private readonly SavePatterns patterns = new(tree);

    public Outcome<Node> LookUp(TreeNode folder, EntryName name)
    {
        lock (tree.Gate) return tree.Find(folder, name) is { } found ? tree.Attach(found.Node, found.Current) : ErrorKind.NotFound;
    }

    public Outcome<Node> Make(TreeNode folder, in Caller caller, EntryName name, in NewNode made)
    {
        if (!folder.IsFolder) return ErrorKind.NotAFolder;
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        if (made.Target.Span.Length > ModelLimits.TargetBytes) return ErrorKind.NameTooLong;
        lock (tree.Gate)
        {
            if (tree.Find(folder, name) is not null) return ErrorKind.AlreadyExists;
            if (IsGone(folder)) return ErrorKind.NotFound;
            var node = Add(folder, caller, name, made);
            tree.Change(node);
            return tree.Attach(node, new Place(folder, name));
        }
    }

    /// <summary>A new node under a new name. Under the gate.</summary>
    public TreeNode Add(TreeNode folder, in Caller caller, EntryName name, in NewNode made)
    {
        var node = New(folder, caller, name, made);
        if (node.Kind == DocumentKind.File && patterns.TakeMovedAway(folder, name) is { } backup) patterns.ContinueAt(new Place(folder, name), node, backup);
        else tree.Put(new PlacedName(node), new Place(folder, name));
        return node;
    }

    /// <summary>A new node without a name. Under the gate.</summary>
    public TreeNode New(TreeNode folder, in Caller caller, EntryName name, in NewNode made)
    {
        const uint setGroup = 0x400;
        var node = tree.NewNode(made.Kind, folder, name);
        var now = tree.Context.Now;
        var inheritsGroup = (folder.Permissions & setGroup) != 0;
        node.Permissions = made.Permissions | (inheritsGroup && node.IsFolder ? setGroup : 0);
        node.Owner = tree.Context.Accounts.User(caller.Uid);
        node.Group = inheritsGroup ? folder.Group : tree.Context.Accounts.Group(caller.Gid);
        node.Atime = node.Mtime = node.Ctime = now;
        node.Target = made.Target;
        node.TargetBytes = (uint)made.Target.Span.Length;
        node.DeviceNumber = made.DeviceNumber;
        return node;
    }

    public Outcome<Node> Link(TreeNode folder, TreeNode node, EntryName name)
    {
        if (!folder.IsFolder) return ErrorKind.NotAFolder;
        if (node.IsFolder) return ErrorKind.NotPermitted;
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            if (tree.Find(folder, name) is not null) return ErrorKind.AlreadyExists;
            if (IsGone(folder)) return ErrorKind.NotFound;
            var wasUnnamed = node.Names == 0;
            var place = new Place(folder, name);
            tree.Put(new PlacedName(node), place);
            // A document of which the volume has no live name any more, or never had one, goes on as a new one.
            if (wasUnnamed)
            {
                tree.Disown(node);
                tree.Change(node);
            }
            return tree.Attach(node, place);
        }
    }

    public ErrorKind? Remove(TreeNode folder, EntryName name, bool isFolder)
    {
        if (!folder.IsFolder) return ErrorKind.NotAFolder;
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            if (tree.Find(folder, name) is not { } found) return ErrorKind.NotFound;
            if (isFolder != found.Node.IsFolder) return isFolder ? ErrorKind.NotAFolder : ErrorKind.IsAFolder;
            if (isFolder && !IsEmpty(found.Node)) return ErrorKind.NotEmpty;
            TakeAway(found);
            return null;
        }
    }

    public ErrorKind? Rename(TreeNode from, EntryName fromName, TreeNode to, EntryName toName, RenameKind kind)
    {
        if (!from.IsFolder || !to.IsFolder) return ErrorKind.NotAFolder;
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            if (tree.Find(from, fromName) is not { } source) return ErrorKind.NotFound;
            var target = tree.Find(to, toName);
            if (IsGone(to)) return ErrorKind.NotFound;
            if (source.Node.IsFolder && IsInside(to, source.Node)) return ErrorKind.Invalid;
            if (kind == RenameKind.Exchange) return Exchange(source, target, from);
            if (target is not null)
            {
                if (kind == RenameKind.Keep) return ErrorKind.AlreadyExists;
                if (target.Node == source.Node) return null;
                if (Refusal(source.Node, target.Node) is { } refusal) return refusal;
                if (patterns.IsSaving(source, target))
                {
                    patterns.TakeOver(source, target);
                    return null;
                }
                TakeAway(target);
            }
            patterns.NoteMovedAway(source, new Place(to, toName));
            tree.Put(source, new Place(to, toName));
            return null;
        }
    }

    private ErrorKind? Exchange(PlacedName source, PlacedName? target, TreeNode from)
    {
        if (target is null) return ErrorKind.NotFound;
        if (target.Node == source.Node) return null;
        if (target.Node.IsFolder && IsInside(from, target.Node)) return ErrorKind.Invalid;
        var (here, there) = (source.Current!.Value, target.Current!.Value);
        tree.Put(target, null);
        tree.Put(source, there);
        tree.Put(target, here);
        return null;
    }

    private ErrorKind? Refusal(TreeNode source, TreeNode target)
    {
        if (target.IsFolder != source.IsFolder) return target.IsFolder ? ErrorKind.IsAFolder : ErrorKind.NotAFolder;
        return target.IsFolder && !IsEmpty(target) ? ErrorKind.NotEmpty : null;
    }

    /// <summary>The name goes; the node lives on while it is open or has other names.</summary>
    private void TakeAway(PlacedName name)
    {
        var node = name.Node;
        tree.Put(name, null);
        if (node.Names == 0)
        {
            tree.Files.NoteUnnamed(node);
            // A new file of the name may take the document over.
            tree.Disown(node);
            tree.LeaveBehind(name);
        }
        tree.Release(node);
    }

    private bool IsEmpty(TreeNode folder)
    {
        if (folder.Added.Count > 0) return false;
        if (folder.Entry is not { } entry) return true;
        const int page = 16;
        EntryName? after = null;
        while (true)
        {
            var entries = tree.Reader.List(entry, after, page);
            if (entries.Any(view => view.Shown is not null && !tree.IsMoved(view.Id))) return false;
            if (entries.Count < page) return true;
            after = entries[^1].ShownName;
        }
    }

    /// <summary>A folder that was deleted and is still somebody's working directory.</summary>
    private static bool IsGone(TreeNode folder) => folder.IsRemoved;

    private static bool IsInside(TreeNode folder, TreeNode ancestor)
    {
        const int deepest = 1 << 16;
        var depth = 0;
        for (var at = folder; at is not null; at = at.Parent)
        {
            // Until a commit settles it, what was moved here and elsewhere at once may lie in itself.
            if (at == ancestor || ++depth > deepest) return true;
        }
        return false;
    }
}
