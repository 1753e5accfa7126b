using System.Buffers.Binary;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Drafts;

/// <summary>
/// Rows of drafts in the state database. Changes that wait at once are committed as one, with one sync. Thread-safe; not called inside a
/// transaction of that database. Lock order: the database's gate, then the queue's.
/// </summary>
internal sealed class DraftTable(Database state)
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS drafts(
          id INTEGER PRIMARY KEY, file INTEGER, external INTEGER NOT NULL, length INTEGER NOT NULL, basis BLOB NOT NULL, written BLOB NOT NULL,
          blanked BLOB NOT NULL, claim BLOB NOT NULL, stored BLOB)
        """;

    private const int ContentBytes = 48;

    private readonly Lock queue = new();
    private List<Change> waiting = [];

    public void Create()
    {
        lock (state.Gate) state.Execute(Schema);
    }

    public List<DraftRow> All()
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT id, file, external, length, basis, written, blanked, claim, stored FROM drafts ORDER BY id");
            var rows = new List<DraftRow>();
            while (select.Step()) rows.Add(Read(select));
            return rows;
        }
    }

    /// <summary>Writes a row, unless a later state of the draft is there, or was removed since the row was made.</summary>
    public void Put(Draft draft, DraftRow row) => Commit(() =>
    {
        if (IsLate(draft, row)) return;
        draft.SavedVersion = row.Version;
        state.Prepare("INSERT OR REPLACE INTO drafts VALUES(?, ?, ?, ?, ?, ?, ?, ?, NULL)")
            .Bind((long)row.Id).Bind((long?)row.File).Bind(row.IsExternal ? 1 : 0).Bind(row.Length).Bind((ReadOnlySpan<byte>)Encode(row.Basis))
            .Bind((ReadOnlySpan<byte>)row.Written).Bind((ReadOnlySpan<byte>)row.Blanked).Bind((ReadOnlySpan<byte>)row.Claim).Run();
        KeepGiven(draft, row);
    });

    /// <summary><see cref="Put"/>, but the claim stays.</summary>
    public void Update(Draft draft, DraftRow row) => Commit(() =>
    {
        if (IsLate(draft, row)) return;
        draft.SavedVersion = row.Version;
        state.Prepare("UPDATE drafts SET file = ?, external = ?, length = ?, basis = ?, written = ?, blanked = ?, stored = NULL WHERE id = ?")
            .Bind((long?)row.File).Bind(row.IsExternal ? 1 : 0).Bind(row.Length).Bind((ReadOnlySpan<byte>)Encode(row.Basis))
            .Bind((ReadOnlySpan<byte>)row.Written).Bind((ReadOnlySpan<byte>)row.Blanked).Bind((long)row.Id).Run();
        KeepGiven(draft, row);
    });

    /// <summary>Notes what a draft of a version is once its file is gone.</summary>
    public void SetStored(Draft draft, long version, Content content) => Commit(() =>
    {
        draft.Given = (version, content);
        SetStored(draft, content);
    });

    /// <summary>Removes the rows of drafts that have none of a later version.</summary>
    public void Remove(IReadOnlyCollection<Draft> drafts, long version) => Commit(() =>
    {
        foreach (var draft in drafts)
        {
            draft.RemovedVersion = Math.Max(draft.RemovedVersion, version);
            if (draft.SavedVersion <= version) state.Prepare("DELETE FROM drafts WHERE id = ?").Bind((long)draft.Id).Run();
        }
    });

    /// <summary>A row that was made before the file was given away, and comes after, names a file that is gone.</summary>
    private void KeepGiven(Draft draft, DraftRow row)
    {
        if (draft.Given is { } given && row.Version <= given.Version) SetStored(draft, given.Content);
    }

    private void SetStored(Draft draft, Content content) =>
        state.Prepare("UPDATE drafts SET stored = ? WHERE id = ?").Bind((ReadOnlySpan<byte>)Encode(content)).Bind((long)draft.Id).Run();

    private static bool IsLate(Draft draft, DraftRow row) => row.Version < draft.SavedVersion || row.Version <= draft.RemovedVersion;

    private static DraftRow Read(Statement row)
    {
        var basis = TryDecode(row.Blob(4));
        byte[] written = row.Blob(5).ToArray(), blanked = row.Blob(6).ToArray();
        var length = row.Long(3);
        var isSound = basis is not null && length is >= 0 and <= StorageLimits.FileBytes && ExtentSet.TryDecode(written) is not null && ExtentSet.TryDecode(blanked) is not null;
        return new DraftRow(
            (ulong)row.Long(0), 0, (ulong?)row.LongOrNull(1), row.Flag(2), Math.Clamp(length, 0, StorageLimits.FileBytes), basis ?? Content.Empty, written, blanked)
        {
            Claim = row.Blob(7).ToArray(), Stored = row.IsNull(8) ? null : TryDecode(row.Blob(8)), IsSound = isSound,
        };
    }

    private void Commit(Action write)
    {
        var change = new Change(write);
        lock (queue) waiting.Add(change);
        lock (state.Gate)
        {
            // Whoever had the gate before may have done it already.
            if (!change.IsDone) CommitWaiting();
        }
        if (change.Failure is { } failure) throw new PeerDriveException(failure.Kind, failure.Message, failure);
    }

    private void CommitWaiting()
    {
        List<Change> group;
        lock (queue) (group, waiting) = (waiting, []);
        PeerDriveException? failure = new(ErrorKind.Internal, "A draft could not be saved.");
        try
        {
            using var transaction = state.Begin();
            foreach (var change in group) change.Write();
            transaction.Commit();
            failure = null;
        }
        catch (PeerDriveException e)
        {
            failure = e;
        }
        finally
        {
            // Whatever happened: those who wait must not take it for done.
            foreach (var change in group) (change.IsDone, change.Failure) = (true, failure);
        }
    }

    private static byte[] Encode(Content content)
    {
        var bytes = new byte[ContentBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, content.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), content.Depth);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), content.Chunking);
        content.Root.WriteTo(bytes.AsSpan(16));
        return bytes;
    }

    private static Content? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ContentBytes) return null;
        return new Content(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            ChunkId.Read(bytes[16..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
    }

    private sealed class Change(Action write)
    {
        public Action Write { get; } = write;

        public bool IsDone { get; set; }

        public PeerDriveException? Failure { get; set; }
    }
}
