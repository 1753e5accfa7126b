using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Lending;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Lending;

/// <summary>
/// Lends the large files of a lean link to the volume: their chunks stay where they are. Each file is held by a hard link, so
/// that its bytes outlive a rename over it and a deletion; what is no longer current is then taken over. Lending runs on several
/// threads, all else belongs to the link's loop.
/// </summary>
internal sealed class Lender : IDisposable
{
    /// <summary>Smaller files go to packs: a hard link each would cost more than their bytes.</summary>
    public const long LeastBytes = 1 << 20;

    /// <summary>Bytes that were written out, after which it is looked for packs that are not needed any more.</summary>
    private const long DropBytes = 256L << 20;

    /// <summary>The same at the end of a round: less cannot make a pack unneeded.</summary>
    private const long DropAtEndBytes = 64L << 20;

    private readonly Volume volume;
    private readonly LinkedDirectory directory;
    private readonly Bits128 id;
    private readonly string holdPath;
    private readonly SafeFileHandle hold;
    private readonly Lock gate = new();
    private readonly HashSet<ulong> noted = [];
    private readonly HashSet<DocumentId> overwritten = [];
    private long written;
    private bool isReturned = true;

    private Lender(Volume volume, LinkedDirectory directory, Bits128 id, string holdPath, SafeFileHandle hold)
    {
        this.volume = volume;
        this.directory = directory;
        this.id = id;
        this.holdPath = holdPath;
        this.hold = hold;
    }

    /// <summary>Where hard links are held when the data directory is on another file system.</summary>
    private static ReadOnlySpan<byte> OwnFolder => ".pd~lent"u8;

    private LentFiles Lent => volume.Contents.Chunks.Lent;

    /// <exception cref="PeerDriveException">Unsupported: the directory's file system has no hard links.</exception>
    public static Lender Open(Volume volume, LinkSettings settings, LinkedDirectory directory)
    {
        var near = volume.Contents.Chunks.Lent.Folder;
        var hold = Libc.Open(Encoding.UTF8.GetBytes(near), OpenFlags.ReadOnly | OpenFlags.Folder);
        if (CanLink(directory, hold)) return new Lender(volume, directory, settings.Id.Bits, near, hold);
        hold.Dispose();
        try
        {
            Libc.MakeFolder(directory.Top, OwnFolder, 0x1C0);
            Libc.Fsync(directory.Top);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            // From an earlier run.
        }
        hold = Libc.OpenBeneath(directory.Top, OwnFolder, OpenFlags.ReadOnly | OpenFlags.Folder);
        if (CanLink(directory, hold))
        {
            var lender = new Lender(volume, directory, settings.Id.Bits, Path.Combine(settings.Directory, Encoding.ASCII.GetString(OwnFolder)), hold);
            lender.RemoveLeftovers();
            return lender;
        }
        hold.Dispose();
        Libc.Unlink(directory.Top, OwnFolder, isFolder: true);
        throw new PeerDriveException(
            ErrorKind.Unsupported, $"'{settings.Directory}' cannot be linked with the space mode 'lean': its file system has no hard links, by which replaced files are kept. Link it with 'keep'.");
    }

    /// <summary>
    /// Takes the bytes of all that a link lends into the volume's own storage, so that the link can be forgotten.
    /// </summary>
    /// <exception cref="PeerDriveException">NoSpace: they do not fit. NotHere: the disk that they lie on is not there. What was taken stays taken.</exception>
    public static void TakeBack(Volume volume, LinkSettings settings, string dataDirectory, CancellationToken cancellation)
    {
        var lent = volume.Contents.Chunks.Lent;
        var files = lent.Of(settings.Id.Bits).Select(file => (File: file, Stamp: lent.StampOf(file))).ToList();
        if (files.Find(file => file.Stamp is null).File is { } gone && !Directory.Exists(Path.GetDirectoryName(gone.Path)))
            throw new PeerDriveException(ErrorKind.NotHere, $"'{settings.Directory}' holds the only copies of large files and is not there. Connect its disk first; nothing was changed.");
        using (var data = Libc.Open(Encoding.UTF8.GetBytes(dataDirectory), OpenFlags.ReadOnly | OpenFlags.Folder))
        {
            var needed = files.Where(file => file.Stamp is { Links: > 1 }).Sum(file => file.File.Size);
            var free = Libc.Space(data).FreeBytes;
            if (needed > free)
            {
                throw new PeerDriveException(ErrorKind.NoSpace, string.Create(
                    CultureInfo.InvariantCulture, $"The files of '{settings.Directory}' hold {needed >> 20} MiB that are nowhere else on this device, and {free >> 20} MiB are free in the data directory. Free some space; nothing was changed."));
            }
        }
        foreach (var (file, stamp) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (stamp is { } found) lent.TakeOver(file, found.Links == 1);
            else lent.Release(file);
        }
        if (files.Count > 0) volume.NoteMissing(null);
        var own = Path.Combine(settings.Directory, Encoding.ASCII.GetString(OwnFolder));
        if (Directory.Exists(own) && !Directory.EnumerateFileSystemEntries(own).Any()) Directory.Delete(own);
    }

    /// <summary>Removes what holds files in a link's directory, when nothing of its volume is to be kept.</summary>
    public static void RemoveHolds(LinkSettings settings)
    {
        var own = Path.Combine(settings.Directory, Encoding.ASCII.GetString(OwnFolder));
        if (Directory.Exists(own)) Directory.Delete(own, recursive: true);
    }

    /// <summary>Cuts and hashes a file that stays where it is.</summary>
    /// <param name="stat">Of the opened file; brought up to date, because holding it changes its status.</param>
    /// <returns>Null when it cannot be held, or changed meanwhile.</returns>
    public Content? Store(LocalChange change, SafeFileHandle file, ref FileStat stat, uint chunking, Action<long> onBytes, CancellationToken cancellation)
    {
        var writer = Lent.Begin(id, holdPath);
        var before = stat;
        Content? content = null;
        var held = Hold(change.Path, writer, before, () =>
        {
            content = volume.Contents.Lend(new FileSource(file, before.Size), chunking, writer, onBytes, cancellation);
            return content.Value.Size == (ulong)before.Size;
        }, file);
        if (held is not { } now) return null;
        if (change.Row.Document != default)
        {
            lock (gate) overwritten.Add(change.Row.Document);
        }
        stat = now;
        return content;
    }

    /// <summary>Lends files that were just written from the volume and are durable.</summary>
    public void TakeWritten(IEnumerable<FileRow> rows, RowTable table, CancellationToken cancellation)
    {
        foreach (var row in rows.Where(row => row.Seen.Kind == FileKind.Regular && row.Seen.Size >= LeastBytes))
        {
            if (table.Folder(row.Parent) is not { } folder || table.PathOf(folder) is not { } path || row.Revision is not { } revision) continue;
            if (volume.Reader.Revision(revision)?.State is not { Kind: DocumentKind.File } state) continue;
            try
            {
                TakeWritten(row, RowTable.Join(path, row.Name), state.Content, table, cancellation);
            }
            catch (ErrnoException)
            {
                // A file that may not be read or cannot be synced stays in the packs.
            }
        }
        if (written >= DropBytes) DropRedundant(cancellation);
    }

    /// <summary>Takes note that a path does not have a file any more, or has written over it.</summary>
    public void Note(ulong inode)
    {
        lock (gate) noted.Add(inode);
    }

    /// <summary>Takes over what is no longer the file of any row, and names what was overwritten as missing.</summary>
    /// <param name="isSettling">Changes are held back, so that a file may seem to be gone that is only elsewhere: it stays held until then.</param>
    public void Settle(RowTable rows, bool isSettling, CancellationToken cancellation)
    {
        ulong[] inodes;
        DocumentId[] documents;
        lock (gate)
        {
            (inodes, documents) = (isSettling ? [] : [.. noted], [.. overwritten]);
            if (!isSettling) noted.Clear();
            overwritten.Clear();
        }
        foreach (var inode in inodes)
        {
            foreach (var file in Lent.ByInode(id, inode)) Settle(file, rows);
        }
        if (Lent.TakeLost()) volume.NoteMissing(null);
        else if (documents.Length > 0) volume.NoteMissing(documents);
        if (written >= DropAtEndBytes) DropRedundant(cancellation);
    }

    /// <summary>Looks at every file that is or should be lent, for what happened while nothing ran.</summary>
    public void SettleAll(RowTable rows, CancellationToken cancellation)
    {
        foreach (var file in Lent.Of(id))
        {
            cancellation.ThrowIfCancellationRequested();
            Settle(file, rows);
        }
        TakeWritten(rows.Large(LeastBytes), rows, cancellation);
        if (isReturned && volume.Replica.AbsentTotals().Contents > 0) volume.NoteMissing(null);
        isReturned = false;
    }

    public void Dispose() => hold.Dispose();

    private static bool CanLink(LinkedDirectory directory, SafeFileHandle hold)
    {
        var probe = "probe"u8;
        try
        {
            if (Libc.StatAt(hold, probe) is not null) Libc.Unlink(hold, probe, isFolder: false);
            Libc.Link(directory.Top, DirectoryNames.Marker, hold, probe);
            Libc.Unlink(hold, probe, isFolder: false);
            return true;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }

    private void TakeWritten(FileRow row, byte[] path, Content content, RowTable table, CancellationToken cancellation)
    {
        if (Lent.ByInode(id, row.Seen.Inode).Any(file => file.Size == row.Seen.Size && file.Mtime == row.Seen.Mtime)) return;
        using var file = directory.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (file is null || Libc.Stat(file) is var stat && !row.Seen.HasSameBytes(stat)) return;
        var writer = Lent.Begin(id, holdPath);
        if (Hold(path, writer, stat, () => volume.Contents.TryLend(content, new FileSource(file, stat.Size), writer, cancellation), file) is not { } now) return;
        written += now.Size;
        if (!row.Seen.HasSameBytesAndRights(now)) return;
        // Holding the file changed its status; nothing else did.
        row.Seen = row.Seen with { Ctime = now.Ctime, Links = now.Links };
        table.Save([row], []);
    }

    /// <summary>Holds a file by a hard link while its bytes are read, makes it durable and lends it.</summary>
    /// <returns>The file's status afterwards; null when it could not be held, or is not as it was.</returns>
    private FileStat? Hold(byte[] path, LentFileWriter writer, FileStat before, Func<bool> read, SafeFileHandle file)
    {
        var name = Encoding.ASCII.GetBytes(writer.Pack.ToString());
        if (!TryLink(path, name)) return null;
        var isLent = false;
        try
        {
            if (Libc.StatAt(hold, name) is not { } linked || linked.Inode != before.Inode || !read()) return null;
            Libc.Fsync(file);
            Libc.Fsync(hold);
            if (!IsSame(before, Libc.Stat(file))) return null;
            Lent.Add(writer, new FileStamp(before.Inode, before.Links, before.Size, before.Mtime));
            isLent = true;
        }
        finally
        {
            if (!isLent) Libc.Unlink(hold, name, isFolder: false);
        }
        foreach (var old in Lent.ByInode(id, before.Inode).Where(old => old.Pack != writer.Pack)) Lent.Release(old);
        var after = Libc.Stat(file);
        return IsSame(before, after) ? after : null;
    }

    private bool TryLink(byte[] path, byte[] name)
    {
        var slash = path.AsSpan().LastIndexOf((byte)'/');
        using var folder = directory.TryOpenFolder(slash < 0 ? [] : path.AsSpan(0, slash), pathOnly: true);
        if (folder is null) return false;
        try
        {
            Libc.Link(folder, path.AsSpan(slash + 1), hold, name);
            return true;
        }
        catch (ErrnoException)
        {
            // Somebody else's file, too many links, or gone: it goes to the packs, or its own event brings it.
            return false;
        }
    }

    private static bool IsSame(in FileStat before, in FileStat after) => before.Inode == after.Inode && before.Size == after.Size && before.Mtime == after.Mtime;

    private void Settle(LentFile file, RowTable rows)
    {
        if (Lent.StampOf(file) is not { } stamp)
        {
            if (!directory.IsThere()) return;
            // Held in the directory, which is there: somebody removed the link.
            Lent.Release(file);
            lock (gate) overwritten.UnionWith(rows.ByInode(file.Inode).Select(row => row.Document));
            return;
        }
        if (rows.ByInode(file.Inode).Any(row => row.Seen.Size == file.Size && row.Seen.Mtime == file.Mtime)) return;
        if (stamp.Links == 1) MakeOurs(file);
        try
        {
            Lent.TakeOver(file, stamp.Links == 1);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Forbidden or ErrorKind.NotHere or ErrorKind.Corrupt)
        {
            // It stays held, which loses nothing; the next full scan tries again.
        }
    }

    /// <summary>Whatever mode the file had, it can be read from now on.</summary>
    private void MakeOurs(LentFile file)
    {
        try
        {
            Libc.SetPermissionsAt(hold, Encoding.ASCII.GetBytes(file.Pack.ToString()), 0x180);
        }
        catch (ErrnoException)
        {
            // Somebody else's: it stays as it is, and can be read by whoever could before.
        }
    }

    private void DropRedundant(CancellationToken cancellation)
    {
        written = 0;
        // A folder that keeps every version must not come to rely on a file that a program may overwrite.
        if (new LinkTable(volume).All.All(link => link.Space == SpaceMode.Lean)) volume.Contents.Chunks.DropRedundant(cancellation);
    }

    /// <summary>Hard links that a crash left before they were noted.</summary>
    private void RemoveLeftovers()
    {
        var known = Lent.Of(id).Select(file => Path.GetFileName(file.Path)).ToHashSet();
        foreach (var line in Libc.ReadFolder(hold))
        {
            if (!known.Contains(Encoding.UTF8.GetString(line.Name))) Libc.Unlink(hold, line.Name, isFolder: false);
        }
    }
}
