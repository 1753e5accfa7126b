using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.Packs;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Hands large files of the volume to the kernel, which reads them by itself from the raw file. As long as one is open all who open it share that
/// file: who wants to write has to wait until a copy has its place in the volume, and then writes to the very file that the others read.
/// </summary>
internal sealed class KernelReads(VolumeTree tree)
{
    /// <summary>Learns where a file's bytes lie; that may take some milliseconds, once. Not under the gate.</summary>
    public void Find(TreeNode node)
    {
        Content content;
        var forgotten = tree.Volume.Contents.Chunks.Forgotten;
        lock (tree.Gate)
        {
            if (!tree.Context.HandsFilesOver || node.Draft is not null || node.External > 0) return;
            content = node.Content;
            if (content.Size < (ulong)StorageLimits.RawBytes || (node.Raw is { } raw && raw.Content == content && raw.Forgotten == forgotten)) return;
        }
        PackId? pack = null;
        try
        {
            pack = tree.Volume.Contents.RawFileOf(content);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.Io)
        {
            // Whoever reads it is told; it may be here the next time.
            return;
        }
        lock (tree.Gate) node.Raw = (content, pack, forgotten);
    }

    /// <summary>Who wants to write has to wait for <see cref="PreserveAsync"/>. Under the gate.</summary>
    public static bool IsReadingRaw(TreeNode node) => node is { Handed: not null, Draft: null };

    /// <returns>Whether the kernel may read the file by itself. Under the gate.</returns>
    public bool TryBegin(TreeNode node)
    {
        if (node.Draft is not null) return false;
        if (node.Handed is not null) return true;
        if (node.Raw is not { Pack: { } pack } raw || raw.Content != node.Content || raw.Forgotten != tree.Volume.Contents.Chunks.Forgotten) return false;
        try
        {
            node.Handed = tree.Volume.Drafts.TryHand(pack, node.Content);
        }
        catch (PeerDriveException)
        {
            // Served from here it works as well, or whoever reads is told.
            return false;
        }
        return node.Handed is not null;
    }

    /// <summary>The kernel has closed its last open file. Under the gate.</summary>
    public static void End(TreeNode node)
    {
        if (node.Preserving is not null) return;
        node.Handed?.Dispose();
        node.Handed = null;
    }

    /// <summary>The file on which the kernel serves a node. Under the gate.</summary>
    public static SafeFileHandle? FileOf(TreeNode node) => node.Draft?.WholeFile ?? node.Handed?.Handle;

    /// <summary>
    /// Makes a file that the kernel reads one that can be written to; at once when it is. All who ask meanwhile wait for the same.
    /// </summary>
    /// <returns>Why not: the disk is full, or failed. Whoever reads goes on.</returns>
    public Task<ErrorKind?> PreserveAsync(TreeNode node)
    {
        lock (tree.Gate)
        {
            if (!IsReadingRaw(node)) return Task.FromResult<ErrorKind?>(null);
            var handed = node.Handed!;
            return node.Preserving ??= Task.Factory.StartNew(() => Preserve(node, handed), CancellationToken.None, TaskCreationOptions.LongRunning, tree.Context.Scheduler);
        }
    }

    private ErrorKind? Preserve(TreeNode node, HandedFile handed)
    {
        Draft? draft = null;
        try
        {
            draft = tree.Volume.Drafts.BeginOn(handed);
            return null;
        }
        catch (PeerDriveException e)
        {
            return e.Kind;
        }
        finally
        {
            lock (tree.Gate) Finish(node, draft);
        }
    }

    private void Finish(TreeNode node, Draft? draft)
    {
        node.Preserving = null;
        if (node.External == 0)
        {
            // All have closed it meanwhile.
            if (draft is not null) tree.Volume.Drafts.Discard(draft);
            End(node);
            tree.TakeStale(node);
            return;
        }
        if (draft is null) return;
        node.Draft = draft;
        FileOperations.CloseReader(node);
        FileOperations.SetMtime(node, node.Mtime);
        node.Noted = draft.Stamp();
    }
}
