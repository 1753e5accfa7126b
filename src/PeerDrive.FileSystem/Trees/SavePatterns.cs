using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Retention;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Tells when a program saves a document in a new file: by renaming that over the old one, or by moving the old one away first.
/// Then the new file continues the document's history. Guarded by the tree's lock.
/// </summary>
internal sealed class SavePatterns(VolumeTree tree)
{
    private const int Remembered = 64;

    private readonly LinkedList<MovedAway> moved = [];

    /// <summary>Whether a file that replaces another is a new version of it.</summary>
    public bool IsSaving(PlacedName source, PlacedName target) =>
        source.Node.Kind == DocumentKind.File && target.Node.Kind == DocumentKind.File && source.Node.Names == 1 && target.Node.Names == 1
        && !IsNextBackup(source.Current!.Value.Name, target.Current!.Value.Name)
        && (IsWithin(source.Node.Born, tree.Context.Settings.SavePattern) || EphemeralNames.Contains(source.Current!.Value.Name));

    /// <summary>The node gets the other's name, document and history; its own name goes.</summary>
    public void TakeOver(PlacedName source, PlacedName target)
    {
        var (saved, old) = (source.Node, target.Node);
        tree.Put(source, null);
        tree.LeaveBehind(source);
        Continue(saved, old, target);
        tree.Touch(target.Current!.Value.Folder);
        tree.Files.NoteUnnamed(old);
        tree.Release(old);
    }

    /// <summary>A file is about to go to a name that is free, or that the backup before it had.</summary>
    public void NoteMovedAway(PlacedName name, Place to)
    {
        if (name.Node.Kind != DocumentKind.File || name.Node.Names != 1 || name.Current is not { } from || !IsBackup(from.Name, to.Name)) return;
        moved.AddLast(new MovedAway(tree, name, to, tree.Context.Time.GetTimestamp()));
        if (moved.Count > Remembered) moved.RemoveFirst();
    }

    /// <summary>What was moved away from a place a moment ago: the name of a backup, under which it is now.</summary>
    public PlacedName? TakeMovedAway(TreeNode folder, EntryName name)
    {
        var found = moved.LastOrDefault(known => known.WasAt(folder, name));
        if (found is null) return null;
        moved.Remove(found);
        return IsWithin(found.When, tree.Context.Settings.BackupPattern) ? found.Find() : null;
    }

    /// <summary>A new file where one was moved away continues its history; what was moved away goes on as a document of its own.</summary>
    /// <param name="moved">The name under which that is now.</param>
    public void ContinueAt(Place place, TreeNode saved, PlacedName moved)
    {
        var (old, backup) = (moved.Node, moved.Current!.Value);
        tree.Put(moved, null);
        Continue(saved, old, moved);
        tree.Put(moved, place);
        tree.Put(new PlacedName(old), backup);
        tree.Change(old);
    }

    /// <summary>A name gets another node, which continues the history of the one that it had.</summary>
    private void Continue(TreeNode saved, TreeNode old, PlacedName name)
    {
        var line = old.Line;
        // What was durable under the name is to be replaced by what is.
        saved.IsSaved |= old.IsSaved;
        tree.LoadXattrs(old);
        var kept = old.Xattrs!;
        tree.Disown(old);
        tree.Disown(saved);
        VolumeTree.Renode(name, saved);
        tree.RenodeRemoved(old, saved);
        saved.Take(line);
        saved.IsContentChanged = true;
        foreach (var (key, value) in kept)
        {
            // Tags, ratings and the like are the document's, not the bytes'.
            if (IsAnnotation(key) && !saved.Xattrs!.ContainsKey(key)) saved.Xattrs = saved.Xattrs.SetItem(key, value);
        }
        saved.HasXattrs = saved.Xattrs!.Count > 0;
        tree.Change(saved);
    }

    private bool IsWithin(long since, TimeSpan time) => since != 0 && tree.Context.Time.GetElapsedTime(since) <= time;

    private static bool IsAnnotation(ByteString name) =>
        name.Span.StartsWith("user.xdg."u8) || name.Span.StartsWith("user.baloo."u8) || name.Span.StartsWith("user.peerdrive."u8);

    /// <summary>The next backup replaces the last one; it is no new version of that.</summary>
    private static bool IsNextBackup(EntryName original, EntryName name) =>
        name.Bytes.StartsWith(original.Bytes) && name.Bytes[original.Bytes.Length..] is var rest
        && (rest.SequenceEqual("~"u8) || rest.SequenceEqual(".bak"u8) || rest.SequenceEqual(".old"u8) || rest.SequenceEqual(".orig"u8));

    /// <summary>file~, file.bak, .file.swp, #file#, but not file.1: that is how logs are rotated.</summary>
    private static bool IsBackup(EntryName original, EntryName name)
    {
        var at = name.Bytes.IndexOf(original.Bytes);
        if (at < 0) return EphemeralNames.Contains(name);
        var rest = name.Bytes[(at + original.Bytes.Length)..];
        return !(rest.Length > 1 && rest[0] == (byte)'.' && rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
    }
}
