using Microsoft.Win32.SafeHandles;
using PeerDrive.FileSystem.Committing;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Opens files, and keeps the drafts of those that are written to.</summary>
internal sealed class FileOperations(VolumeTree tree)
{
    private readonly WriterHabits habits = new();

    public Outcome<OpenFile> Open(TreeNode node, in Caller caller, FileAccess access, bool truncates)
    {
        if (node.Kind != DocumentKind.File) return node.IsFolder ? ErrorKind.IsAFolder : ErrorKind.BehindEnd;
        var writes = access != FileAccess.Read || truncates;
        if (writes && tree.IsReadOnly) return ErrorKind.ReadOnly;
        if (!writes) tree.KernelReads.Find(node);
        lock (tree.Gate)
        {
            if (writes && KernelReads.IsReadingRaw(node)) return ErrorKind.Busy;
            if (truncates)
            {
                if (Resize(node, 0) is { } refusal) return refusal;
                if (caller.ClearsPrivileges) AttributeOperations.ClearPrivileges(node);
                node.Mtime = tree.Context.Now;
                tree.Change(node);
            }
            return OpenLocked(node, caller, access);
        }
    }

    public Outcome<OpenFile> Create(TreeNode folder, in Caller caller, EntryName name, uint permissions, FileAccess access, bool isExclusive)
    {
        if (!folder.IsFolder) return ErrorKind.NotAFolder;
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            if (tree.Find(folder, name) is { } there)
            {
                if (isExclusive) return ErrorKind.AlreadyExists;
                if (there.Node.Kind != DocumentKind.File) return there.Node.IsFolder ? ErrorKind.IsAFolder : ErrorKind.BehindEnd;
                if (access != FileAccess.Read && KernelReads.IsReadingRaw(there.Node)) return ErrorKind.Busy;
                tree.Attach(there.Node, there.Current);
                return OpenLocked(there.Node, caller, access);
            }
            if (folder.IsRemoved) return ErrorKind.NotFound;
            var node = tree.Names.Add(folder, caller, name, new NewNode(DocumentKind.File, permissions));
            tree.Change(node);
            tree.Attach(node, new Place(folder, name));
            return OpenLocked(node, caller, access);
        }
    }

    public Outcome<OpenFile> CreateUnnamed(TreeNode folder, in Caller caller, uint permissions, FileAccess access)
    {
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            var node = tree.Names.New(folder, caller, EntryName.Create("unnamed"u8), new NewNode(DocumentKind.File, permissions));
            tree.Attach(node, null);
            return OpenLocked(node, caller, access);
        }
    }

    /// <summary>Under the gate.</summary>
    public ErrorKind? Resize(TreeNode node, long size)
    {
        if (node.Kind != DocumentKind.File) return node.IsFolder ? ErrorKind.IsAFolder : ErrorKind.Invalid;
        if (size < 0) return ErrorKind.Invalid;
        if (KernelReads.IsReadingRaw(node)) return ErrorKind.Busy;
        try
        {
            DraftOf(node).Resize(size);
        }
        catch (PeerDriveException e)
        {
            return tree.Context.Report(e);
        }
        node.IsContentChanged = true;
        return null;
    }

    /// <summary>The draft that takes what is written. Under the gate.</summary>
    public Draft DraftOf(TreeNode node)
    {
        if (node.Draft is { } draft) return draft;
        node.Draft = draft = tree.Volume.Drafts.Begin(node.Content);
        node.Reader = null;
        return draft;
    }

    /// <summary>What a file's bytes are read from. Under the gate.</summary>
    public (Draft? Draft, ContentReader? Reader) Source(TreeNode node)
    {
        if (node.Draft is { } draft) return (draft, null);
        return (null, node.Reader ??= tree.Volume.Contents.OpenReader(node.Content));
    }

    public void Release(TreeNode node, bool writes, bool isExternal, uint process)
    {
        lock (tree.Gate)
        {
            if (isExternal && --node.External == 0) EndExternal(node);
            if (writes && node.Draft is { IsWhole: true } draft) habits.Note(process, draft.Length);
            node.Opened--;
            if (writes) node.Writers--;
            if (node.Writers == 0 && node.IsChanged) tree.WakeCommits();
            if (node.Writers == 0 && !node.IsChanged) DropCleanDraft(node);
            tree.CatchUp(node);
            tree.Release(node);
        }
    }

    /// <summary>The bytes come from another content from here on. Under the gate.</summary>
    public void DropData(TreeNode node)
    {
        node.Reader = null;
        DropDraft(node);
    }

    /// <summary>Ends a draft that nobody writes to and the volume has. Under the gate.</summary>
    public void DropCleanDraft(TreeNode node)
    {
        if (node.Draft is not null && node.Writers == 0 && node.External == 0 && !node.IsContentChanged) DropDraft(node);
    }

    /// <summary>Under the gate.</summary>
    public void DropDraft(TreeNode node)
    {
        if (node.Draft is not { } draft) return;
        node.Draft = null;
        tree.Volume.Drafts.Discard(draft);
    }

    /// <summary>The last name went: after a crash the file is not to come back. Under the gate.</summary>
    public void NoteUnnamed(TreeNode node)
    {
        if (node is { IsSaved: true, Draft: { } draft }) tree.Volume.Drafts.Save(draft, DraftClaim.Nothing);
    }

    /// <summary>Makes what was written durable, and what is needed to find it again.</summary>
    public async Task<ErrorKind?> SyncAsync(TreeNode node)
    {
        while (true)
        {
            Draft? draft;
            DraftClaim? claim;
            lock (tree.Gate)
            {
                draft = node.Draft;
                if (node.External > 0) NoteExternal(node);
                if (draft is null || !node.IsContentChanged) draft = null;
                claim = node.Names == 0 ? null : DraftClaim.Of(node, tree);
                if (draft is not null) node.IsSaved = true;
            }
            try
            {
                if (draft is null)
                {
                    // Committed, or about to be.
                    return await tree.SyncNamesAsync().ConfigureAwait(false);
                }
                if (claim is null)
                {
                    // Without a name it ends with the process.
                    await Task.Factory.StartNew(draft.Sync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).ConfigureAwait(false);
                    return null;
                }
                if (claim.IsComplete)
                {
                    await Task.Factory.StartNew(() => tree.Volume.Drafts.Save(draft, claim.Encode()), CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).ConfigureAwait(false);
                    return null;
                }
                // The folder is not in the volume yet.
                if (await tree.SyncNamesAsync().ConfigureAwait(false) is { } failure) return failure;
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Cancelled && node.Draft is null)
            {
                // It was committed meanwhile.
            }
            catch (PeerDriveException e)
            {
                return tree.Context.Report(e);
            }
        }
    }

    /// <summary>Shows again what was saved before the volume was opened.</summary>
    public void Recover()
    {
        foreach (var recovered in tree.Volume.Drafts.Recover())
        {
            lock (tree.Gate)
            {
                if (DraftClaim.TryDecode(recovered.Claim.Span) is { } claim) claim.Restore(recovered.Draft, tree);
                else tree.Volume.Drafts.Discard(recovered.Draft);
            }
        }
    }

    private OpenTreeFile OpenLocked(TreeNode node, in Caller caller, FileAccess access)
    {
        node.Opened++;
        if (access != FileAccess.Read)
        {
            node.Writers++;
            node.IsHeld = false;
        }
        return new OpenTreeFile(tree, node, access, caller.Process, BackingOf(node, access, caller.Process));
    }

    /// <summary>
    /// The file on which the kernel serves a file that is all in one: from its making or cutting until it is closed, or while it is only read. Under the gate.
    /// </summary>
    private SafeFileHandle? BackingOf(TreeNode node, FileAccess access, uint process)
    {
        if (node.External == 0)
        {
            // While it is open otherwise, every further open has to be served as that is.
            if (!tree.Context.HandsFilesOver || node.Opened > 1) return null;
            if (access == FileAccess.Read ? !tree.KernelReads.TryBegin(node) : !TryBeginWriting(node, process)) return null;
        }
        node.External++;
        return KernelReads.FileOf(node);
    }

    /// <summary>Under the gate.</summary>
    private bool TryBeginWriting(TreeNode node, uint process)
    {
        if (node.IsSaved || !habits.WritesLarge(process) || !DraftOf(node).IsWhole) return false;
        try
        {
            node.Draft!.OpenExternally();
        }
        catch (PeerDriveException)
        {
            // Served from here it works as well.
            return false;
        }
        SetMtime(node, node.Mtime);
        node.Noted = node.Draft.Stamp();
        node.IsContentChanged = true;
        return true;
    }

    /// <summary>Gives the file that the kernel writes to its time. Under the gate.</summary>
    public static void SetMtime(TreeNode node, long mtime)
    {
        if (node.Draft?.WholeFile is { } file) Libc.SetMtime(file, mtime);
    }

    /// <summary>What the kernel wrote by itself is a change. Under the gate.</summary>
    private void NoteExternal(TreeNode node)
    {
        if (node.Draft is not { } draft) return;
        var stamp = draft.Stamp();
        if (stamp == node.Noted) return;
        node.Noted = stamp;
        node.IsContentChanged = true;
        tree.Change(node);
    }

    private void EndExternal(TreeNode node)
    {
        if (node.Draft is { } draft)
        {
            NoteExternal(node);
            node.Mtime = draft.Mtime ?? node.Mtime;
            draft.EndExternal();
        }
        KernelReads.End(node);
    }
}
