using PeerDrive.Folders.Scanning;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Drafts;

/// <summary>Edits of one link that may not be committed, with their bytes in the volume's packs.</summary>
internal sealed class DraftTable(Volume volume, long link)
{
    private readonly Database state = volume.State;

    /// <summary>This device may not write: edits become drafts.</summary>
    public bool IsActive => volume.OwnRole < Model.Members.Role.Writer;

    public static void CreateTables(Database state)
    {
        lock (state.Gate)
        {
            state.Execute("""
                CREATE TABLE IF NOT EXISTS link_drafts(
                  link INTEGER NOT NULL, path BLOB NOT NULL, kind INTEGER NOT NULL, deleted INTEGER NOT NULL, replaced INTEGER NOT NULL,
                  inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, mode INTEGER NOT NULL,
                  depth INTEGER NOT NULL, root BLOB NOT NULL, chunking INTEGER NOT NULL, PRIMARY KEY(link, path)) WITHOUT ROWID
                """);
        }
    }

    /// <summary>What the drafts of all links have, which nothing else names.</summary>
    public static IReadOnlyList<Content> Contents(Database state)
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT size, depth, root, chunking FROM link_drafts WHERE deleted = 0 AND kind = ?").Bind((long)DocumentKind.File);
            var contents = new List<Content>();
            while (select.Step()) contents.Add(new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)));
            return contents;
        }
    }

    /// <summary>Makes the bytes of edits durable, then the edits.</summary>
    public void Record(IReadOnlyList<LocalChange> changes)
    {
        volume.Contents.Chunks.FlushIndex();
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            foreach (var change in changes)
            {
                var isDeleted = change.Kind == LocalChangeKind.Delete;
                var content = change.State?.Content ?? Content.Empty;
                var stat = change.Stat;
                state.Prepare("INSERT OR REPLACE INTO link_drafts VALUES(?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)")
                    .Bind(link).Bind(change.Path).Bind((long)(change.State?.Kind ?? DocumentKind.File)).Bind(isDeleted ? 1 : 0)
                    .Bind((long)stat.Inode).Bind(isDeleted ? 0 : stat.Size).Bind(stat.Mtime).Bind(stat.Permissions)
                    .Bind(content.Depth).BindId(content.Root).Bind(content.Chunking).Run();
            }
            transaction.Commit();
        }
    }

    /// <summary>Whether the bytes of a file, as it is now, are kept.</summary>
    public bool Has(ReadOnlySpan<byte> path, in FileStat stat)
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT 1 FROM link_drafts WHERE link = ? AND path = ? AND deleted = 0 AND inode = ? AND (size = ? AND mtime = ? OR ? = 1)")
                .Bind(link).Bind(path).Bind((long)stat.Inode).Bind(stat.Size).Bind(stat.Mtime).Bind(stat.Kind == FileKind.Folder ? 1 : 0);
            return select.Step();
        }
    }

    public bool HasDeleted(ReadOnlySpan<byte> path)
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT 1 FROM link_drafts WHERE link = ? AND path = ? AND deleted = 1").Bind(link).Bind(path);
            return select.Step();
        }
    }

    /// <summary>The volume's version took the file's place.</summary>
    public void NoteReplaced(ReadOnlySpan<byte> path)
    {
        lock (state.Gate) state.Prepare("UPDATE link_drafts SET replaced = 1 WHERE link = ? AND path = ? AND deleted = 0").Bind(link).Bind(path).Run();
        lock (state.Gate) state.Prepare("DELETE FROM link_drafts WHERE link = ? AND path = ? AND deleted = 1").Bind(link).Bind(path).Run();
    }

    public void Remove(ReadOnlySpan<byte> path)
    {
        lock (state.Gate) state.Prepare("DELETE FROM link_drafts WHERE link = ? AND path = ? AND replaced = 0").Bind(link).Bind(path).Run();
    }

    public void Forget(ReadOnlySpan<byte> path)
    {
        lock (state.Gate) state.Prepare("DELETE FROM link_drafts WHERE link = ? AND path = ?").Bind(link).Bind(path).Run();
    }

    public static void RemoveAll(Database state, long link) => state.Prepare("DELETE FROM link_drafts WHERE link = ?").Bind(link).Run();

    public IReadOnlyList<(byte[] Path, DocumentKind Kind, bool IsDeleted, bool IsReplaced, long Size, long Mtime)> All()
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT path, kind, deleted, replaced, size, mtime FROM link_drafts WHERE link = ? ORDER BY path").Bind(link);
            var drafts = new List<(byte[], DocumentKind, bool, bool, long, long)>();
            while (select.Step())
                drafts.Add((select.Blob(0).ToArray(), (DocumentKind)select.Int(1), select.Flag(2), select.Flag(3), select.Long(4), select.Long(5)));
            return drafts;
        }
    }
}
