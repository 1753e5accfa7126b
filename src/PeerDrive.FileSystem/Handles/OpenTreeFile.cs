using Microsoft.Win32.SafeHandles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Handles;

/// <summary>An open file of a volume's tree.</summary>
internal sealed class OpenTreeFile(VolumeTree tree, TreeNode node, FileAccess access, uint process, SafeFileHandle? backing) : OpenFile
{
    private ReadPace? pace;
    private bool isReleased;

    public override SafeFileHandle? Backing => backing;

    public override NodeView View => new(node.Id, node.Generation, tree.Attributes.Get(node));

    public override int Read(long offset, Span<byte> destination)
    {
        while (true)
        {
            Draft? draft;
            ContentReader? reader;
            lock (tree.Gate) (draft, reader) = tree.Files.Source(node);
            try
            {
                if (draft is not null) return draft.Read(offset, destination);
                var read = reader!.Read(offset, destination);
                Volatile.Read(ref pace)?.Note(reader.Content, offset, read);
                return read;
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Cancelled && draft is not null && draft != node.Draft)
            {
                // It was committed meanwhile: the bytes are in the volume.
            }
        }
    }

    public override async Task BringAsync(long offset, int length, CancellationToken cancellation)
    {
        Content content;
        EntryId? entry;
        lock (tree.Gate)
        {
            if (isReleased) return;
            var (draft, reader) = tree.Files.Source(node);
            content = reader?.Content ?? draft!.Basis;
            entry = node.Via;
            pace ??= new ReadPace(tree.Volume.Contents, tree.Context.Time);
        }
        try
        {
            await pace.BringAsync(content, offset, length, cancellation).ConfigureAwait(false);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere && entry is { } known)
        {
            throw new PeerDriveException(e.Kind, $"{tree.Volume.Name}:{tree.Reader.PathOf(known)}: {e.Message}", e);
        }
    }

    public override ErrorKind? Write(in Caller caller, long offset, ReadOnlySpan<byte> source)
    {
        if (access == FileAccess.Read) return ErrorKind.Forbidden;
        var draft = Begin(caller);
        try
        {
            draft.Write(offset, source);
            return null;
        }
        catch (PeerDriveException e)
        {
            return tree.Context.Report(e);
        }
        finally
        {
            End();
        }
    }

    public override ErrorKind? Allocate(in Caller caller, long offset, long length, AllocationKind kind)
    {
        if (access == FileAccess.Read) return ErrorKind.Forbidden;
        var draft = Begin(caller);
        try
        {
            if (kind is AllocationKind.Grow or AllocationKind.Keep) draft.Allocate(offset, length, keepSize: kind == AllocationKind.Keep);
            else if (kind == AllocationKind.PunchHole) draft.PunchHole(offset, length);
            else draft.ZeroRange(offset, length, keepSize: kind == AllocationKind.ZeroKeep);
            return null;
        }
        catch (PeerDriveException e)
        {
            return tree.Context.Report(e);
        }
        finally
        {
            End();
        }
    }

    public override Task<ErrorKind?> SyncAsync() => tree.Files.SyncAsync(node);

    public override Outcome<long> Seek(long offset, bool data)
    {
        lock (tree.Gate)
        {
            var size = node.Draft?.Length ?? (long)node.Content.Size;
            if (offset < 0 || offset >= size) return ErrorKind.BehindEnd;
            if (node.Draft is not { } draft) return data ? offset : size;
            return (data ? draft.NextData(offset) : draft.NextHole(offset)) is { } found ? found : ErrorKind.BehindEnd;
        }
    }

    public override void Release()
    {
        if (Interlocked.Exchange(ref isReleased, true)) return;
        lock (tree.Gate) pace?.Dispose();
        tree.Files.Release(node, access != FileAccess.Read, backing is not null, process);
    }

    private Draft Begin(in Caller caller)
    {
        lock (tree.Gate)
        {
            if (caller.ClearsPrivileges && AttributeOperations.ClearPrivileges(node)) tree.Context.Notices?.AttributesChanged(node.Id);
            node.IsContentChanged = true;
            tree.Files.RequestBelow(node);
            return tree.Files.DraftOf(node);
        }
    }

    private void End()
    {
        lock (tree.Gate)
        {
            node.Mtime = tree.Context.Now;
            // A commit may have found the draft unchanged between the beginning and the writing.
            node.IsContentChanged = true;
            tree.Change(node, node.Mtime);
        }
    }
}
