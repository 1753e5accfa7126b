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
    private long lastClaim;

    /// <summary>Saved drafts that nobody needs any more, and those that are to be found no more: the commit loop looks after them.</summary>
    private List<Draft> ended = [], unwanted = [], unnamed = [];

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
        if (size > 0) RequestBelow(node);
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

    /// <summary>What a draft lies over is needed when it is committed, and may be on other devices only. Under the gate.</summary>
    public void RequestBelow(TreeNode node)
    {
        if (node.Draft is null && !node.Content.IsEmpty) tree.Volume.Replica.Request(node.Content);
    }

    /// <summary>The draft that takes what is written. Under the gate.</summary>
    public Draft DraftOf(TreeNode node)
    {
        if (node.Draft is { } draft) return draft;
        node.Draft = draft = tree.Volume.Drafts.Begin(node.Content);
        CloseReader(node);
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
            if (--node.Opened == 0) CloseReader(node);
            if (writes) node.Writers--;
            if (node.Writers == 0 && node.IsChanged) tree.Reconsider(node);
            if (node.Writers == 0 && !node.IsChanged) DropCleanDraft(node);
            tree.TakeStale(node);
            tree.Release(node);
        }
    }

    /// <summary>The bytes come from another content from here on. Under the gate.</summary>
    public void DropData(TreeNode node)
    {
        CloseReader(node);
        DropDraft(node);
    }

    /// <summary>Nothing is read from the volume's content just now. Under the gate.</summary>
    public static void CloseReader(TreeNode node)
    {
        node.Reader?.Dispose();
        node.Reader = null;
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
        if (!node.IsSaved)
        {
            tree.Volume.Drafts.Discard(draft);
            return;
        }
        // Its row goes as well, and that is synced.
        node.IsSaved = false;
        (node.IsChanged ? unwanted : ended).Add(draft);
        tree.WakeCommits();
    }

    /// <summary>Drafts of files that have lost their last name. Their rows are to go once that is committed, or a crash would bring an older state back. Under the gate.</summary>
    public EndedDrafts TakeEnded()
    {
        var taken = new EndedDrafts(unwanted, unnamed);
        (unwanted, unnamed) = ([], []);
        return taken;
    }

    /// <summary>Committed drafts have rows left that are to go. Under the gate.</summary>
    public bool HasEnded => ended.Count > 0;

    /// <summary>Later than that of all claims before, also from before a restart, as far as the clock goes forward. Under the gate.</summary>
    public long NextClaim() => lastClaim = Math.Max(lastClaim + 1, tree.Context.Now);

    /// <summary>Not yet. Under the gate.</summary>
    public void PutBack(EndedDrafts taken)
    {
        unwanted.AddRange(taken.Unwanted);
        unnamed.AddRange(taken.Unnamed);
    }

    /// <summary>Removes what is left of drafts that are committed, and of these. What took their names is found under them from here on. Not under the gate.</summary>
    public void Discard(EndedDrafts taken)
    {
        List<Draft> discarded;
        lock (tree.Gate) (discarded, ended) = ([.. ended, .. taken.Unwanted], []);
        // What cannot be done now is done next time; else they are offered again after the next opening, which loses nothing.
        if (taken.Unnamed.Count > 0) SaveClaims();
        var unclaimed = taken.Unnamed.Except(discarded).Where(draft => !TryUnclaim(draft)).ToList();
        if (unclaimed.Count > 0)
        {
            lock (tree.Gate) unnamed.AddRange(unclaimed);
        }
        if (discarded.Count == 0) return;
        try
        {
            tree.Volume.Drafts.Discard(discarded);
        }
        catch (PeerDriveException)
        {
            lock (tree.Gate) ended.AddRange(discarded);
        }
    }

    /// <summary>A draft without a name, which somebody may still use, is not found any more.</summary>
    /// <returns>False: not yet.</returns>
    private bool TryUnclaim(Draft draft)
    {
        try
        {
            lock (draft.Claiming) tree.Volume.Drafts.Save(draft, DraftClaim.Nothing);
            return true;
        }
        catch (PeerDriveException e)
        {
            // Discarded meanwhile, and its row with it.
            return e.Kind == ErrorKind.Cancelled;
        }
    }

    /// <summary>The last name went: after a crash the file is not to come back. Under the gate.</summary>
    public void NoteUnnamed(TreeNode node)
    {
        node.SetAside = null;
        if (node is not { IsSaved: true, Draft: { } draft }) return;
        unnamed.Add(draft);
        tree.WakeCommits();
    }

    /// <summary>Makes what was written durable, and what is needed to find it again.</summary>
    public async Task<ErrorKind?> SyncAsync(TreeNode node)
    {
        while (true)
        {
            Draft? draft;
            bool isWanted;
            lock (tree.Gate)
            {
                draft = node.Draft;
                if (node.External > 0) NoteExternal(node);
                if (node is { Draft: null, Document: null, Writers: > 0, Names: > 0 })
                {
                    // New and empty: a draft of nothing is what can be found again.
                    draft = DraftOf(node);
                    node.IsContentChanged = true;
                }
                if (draft is null || !node.IsContentChanged) draft = null;
                isWanted = node.IsWanted;
                if (draft is not null) node.IsSaved = true;
            }
            try
            {
                // Committed, or about to be.
                if (draft is null) return await tree.SyncNamesAsync().ConfigureAwait(false);
                if (!isWanted)
                {
                    // Without a name it ends with the process.
                    await Task.Factory.StartNew(draft.Sync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).ConfigureAwait(false);
                    return null;
                }
                var saved = await Task.Factory.StartNew(() => Save(node, draft), CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).ConfigureAwait(false);
                if (saved == true) return null;
                // The folder is not in the volume yet.
                if (saved == false && await tree.SyncNamesAsync().ConfigureAwait(false) is { } failure) return failure;
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

    /// <summary>Makes durable under which names drafts are found that were saved and are not committed.</summary>
    public Task<ErrorKind?> SaveClaimsAsync() => Task.Factory.StartNew(SaveClaims, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler);

    /// <summary>Nothing more can be committed: what was written is offered after the next opening.</summary>
    public void SaveAll() => Save(_ => true);

    private ErrorKind? SaveClaims() => Save(node => node.IsSaved);

    private ErrorKind? Save(Func<TreeNode, bool> which)
    {
        List<(TreeNode Node, Draft Draft)> changed;
        lock (tree.Gate) changed = [.. tree.Due.Nodes.Where(node => node is { Draft: not null, IsContentChanged: true, IsWanted: true } && which(node)).Select(node => (node, node.Draft!))];
        ErrorKind? failure = null;
        foreach (var (node, draft) in changed)
        {
            try
            {
                Save(node, draft);
            }
            catch (PeerDriveException e)
            {
                if (e.Kind != ErrorKind.Cancelled) failure ??= e.Kind;
            }
        }
        return failure;
    }

    /// <summary>Saves a draft under the name that it has. Each at once by one only: an older claim must not outlive a rename or removal that was made durable.</summary>
    /// <returns>False: the folder of its name is not in the volume yet. Null: the draft is not the file's any more.</returns>
    private bool? Save(TreeNode node, Draft draft)
    {
        lock (draft.Claiming)
        {
            ReadOnlyMemory<byte> claim;
            lock (tree.Gate)
            {
                if (node.Draft != draft) return null;
                var wanted = node.IsWanted ? DraftClaim.Of(node, tree) : null;
                if (wanted is { IsComplete: false }) return false;
                claim = wanted?.Encode() ?? DraftClaim.Nothing;
            }
            tree.Volume.Drafts.Save(draft, claim);
            return true;
        }
    }

    /// <summary>Shows again what was saved and not committed, before the volume was opened or in an earlier mount.</summary>
    public void Recover()
    {
        var all = tree.Volume.Drafts.Recover().Select(recovered => (Recovered: recovered, Claim: DraftClaim.TryDecode(recovered.Claim.Span))).ToList();
        // Of two that claim one name the one that was saved later has it: it has replaced the other, whose row was about to go.
        foreach (var (recovered, claim) in all.OrderByDescending(found => found.Claim?.Order ?? 0))
        {
            lock (tree.Gate)
            {
                if (claim is not null) claim.Restore(recovered.Draft, recovered.IsDamaged, tree);
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
        if (node.IsSaved || !habits.WritesLarge(process)) return false;
        // Over a content it is not whole, and is not begun before something is written.
        if ((node.Draft is null && !node.Content.IsEmpty) || !DraftOf(node).IsWhole) return false;
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
            if (!node.IsChanged && draft.Stamp() == node.Stored) node.IsContentChanged = false;
            draft.EndExternal();
        }
        KernelReads.End(node);
    }
}
