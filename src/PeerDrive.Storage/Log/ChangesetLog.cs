using System.Buffers.Binary;
using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Log;

/// <summary>
/// The append-only files of changesets, the truth of a volume, in the order of arrival. One writer; any number of readers.
/// <code>
/// record: "PLOG"  header length u32  body length u32  crc u32  synced u32  header  signature (64)  body      (little-endian)
/// </code>
/// The crc covers all other bytes of the record. Synced is how many bytes of the file were durable when the record was appended: a
/// power cut may keep a record and lose one before it in the same group, and only below this mark is that damage.
/// </summary>
public sealed class ChangesetLog : IDisposable
{
    private const uint Magic = 0x474F4C50;
    private const int PrefixBytes = 20;
    private const int SignatureBytes = 64;
    private const int CrcAt = 12;
    private const int SyncedAt = 16;

    private readonly IDisk disk;
    private readonly string folder;
    private readonly Dictionary<int, IDiskFile> readers = [];
    private readonly Lock gate = new();
    private IDiskFile file;
    private bool dirty;
    private long synced;
    private PeerDriveException? failure;

    private ChangesetLog(IDisk disk, string folder, IDiskFile file, LogPosition end)
    {
        this.disk = disk;
        this.folder = folder;
        this.file = file;
        End = end;
    }

    /// <summary>Where the next record will be.</summary>
    public LogPosition End { get; private set; }

    /// <summary>Bytes of a torn record that opening cut off and kept beside the log; 0 when there was none.</summary>
    public long CutBytes { get; private set; }

    /// <summary>Opens or creates the log and cuts a torn tail, which is kept in a file of its own.</summary>
    /// <exception cref="PeerDriveException">Corrupt: a damaged record that good ones follow.</exception>
    public static ChangesetLog Open(IDisk disk, string volumeFolder)
    {
        var folder = Path.Combine(volumeFolder, "log");
        disk.CreateFolder(folder);
        var last = Math.Max(1, FileNumbers(disk, folder).LastOrDefault());
        var log = new ChangesetLog(disk, folder, disk.Open(PathOf(folder, last), create: true), new LogPosition(last, 0));
        disk.SyncFolder(folder);
        try
        {
            log.FindEnd();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Appends a changeset; durable after <see cref="Sync"/>.</summary>
    public LogPosition Append(Changeset changeset)
    {
        if (failure is not null) throw failure;
        var record = Encode(changeset);
        if (End.Offset > 0 && End.Offset + record.Length > StorageLimits.LogFileBytes) BeginFile();
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(SyncedAt), (uint)synced);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(CrcAt), CrcOf(record));
        var position = End;
        file.Write(position.Offset, record);
        dirty = true;
        End = position with { Offset = position.Offset + record.Length };
        return position;
    }

    /// <summary>
    /// Takes back what was appended since <paramref name="position"/>, also what an append that failed left behind. Should that
    /// fail, the log takes nothing more until it is opened again: records that nobody acknowledged may lie at its end.
    /// </summary>
    public void Retract(LogPosition position)
    {
        if (failure is not null && position == End) return;
        try
        {
            while (End.File > position.File) DropFile();
            if (file.Length > position.Offset)
            {
                file.Truncate(position.Offset);
                dirty = true;
            }
            synced = Math.Min(synced, position.Offset);
            End = position;
        }
        catch (PeerDriveException e)
        {
            failure ??= e;
            throw;
        }
    }

    public void Sync()
    {
        if (failure is not null) throw failure;
        if (!dirty) return;
        try
        {
            file.Sync();
            dirty = false;
            synced = End.Offset;
        }
        catch (PeerDriveException e)
        {
            failure = e;
            throw;
        }
    }

    /// <exception cref="PeerDriveException">Corrupt: the record is damaged.</exception>
    public Changeset Read(LogPosition position, out LogPosition next)
    {
        var reader = ReaderOf(position.File);
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (reader.Read(position.Offset, prefix) < PrefixBytes || !TryLength(prefix, out var length)) throw Damaged(position);
        var record = new byte[length];
        if (reader.Read(position.Offset, record) < length || !IsIntact(record)) throw Damaged(position);
        next = position with { Offset = position.Offset + length };
        return Decode(record);
    }

    /// <summary>All changesets from a position on.</summary>
    public IEnumerable<(LogPosition Position, Changeset Changeset, LogPosition Next)> ReadFrom(LogPosition position)
    {
        var numbers = FileNumbers(disk, folder);
        while (position.CompareTo(End) < 0)
        {
            if (position.File < End.File && position.Offset >= ReaderOf(position.File).Length)
            {
                position = new LogPosition(numbers.First(number => number > position.File), 0);
                continue;
            }
            var changeset = Read(position, out var next);
            yield return (position, changeset, next);
            position = next;
        }
    }

    public void Dispose()
    {
        file.Dispose();
        foreach (var reader in readers.Values) reader.Dispose();
    }

    private static byte[] Encode(Changeset changeset)
    {
        var record = new byte[PrefixBytes + changeset.HeaderBytes.Length + SignatureBytes + changeset.BodyBytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), changeset.HeaderBytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), changeset.BodyBytes.Length);
        changeset.HeaderBytes.CopyTo(record.AsMemory(PrefixBytes));
        changeset.Signature.CopyTo(record.AsMemory(PrefixBytes + changeset.HeaderBytes.Length));
        changeset.BodyBytes.CopyTo(record.AsMemory(PrefixBytes + changeset.HeaderBytes.Length + SignatureBytes));
        return record;
    }

    private static Changeset Decode(ReadOnlyMemory<byte> record)
    {
        var header = BinaryPrimitives.ReadInt32LittleEndian(record.Span[4..]);
        return Changeset.FromParts(
            record.Slice(PrefixBytes, header),
            record.Slice(PrefixBytes + header, SignatureBytes),
            record[(PrefixBytes + header + SignatureBytes)..]);
    }

    private static bool TryLength(ReadOnlySpan<byte> prefix, out int length)
    {
        var header = BinaryPrimitives.ReadInt32LittleEndian(prefix[4..]);
        var body = BinaryPrimitives.ReadInt32LittleEndian(prefix[8..]);
        length = PrefixBytes + SignatureBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix) != Magic || header is < 0 or > ModelLimits.HeaderBytes || body is < 0 or > ModelLimits.BodyBytes) return false;
        length += header + body;
        return true;
    }

    private static bool IsIntact(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[CrcAt..]) == CrcOf(record);

    private static uint CrcOf(ReadOnlySpan<byte> record) => Crc32C.Compute(record[SyncedAt..], Crc32C.Compute(record[..CrcAt]));

    private static string PathOf(string folder, int number) => Path.Combine(folder, $"{number:d8}.log");

    private static List<int> FileNumbers(IDisk disk, string folder) =>
        [.. disk.ListFiles(folder).Where(name => name.EndsWith(".log", StringComparison.Ordinal))
            .Select(name => int.TryParse(name.AsSpan(0, name.Length - 4), out var number) ? number : 0).Where(number => number > 0).Order()];

    private PeerDriveException Damaged(LogPosition position) => new(
        ErrorKind.Corrupt, $"The log record at {PathOf(folder, position.File)}:{position.Offset} is damaged. The changes in it can be fetched again from a peer.");

    private void FindEnd()
    {
        var length = file.Length;
        long at = 0;
        var record = Array.Empty<byte>();
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        while (at < length)
        {
            if (file.Read(at, prefix) < PrefixBytes || !TryLength(prefix, out var size) || at + size > length) break;
            if (record.Length < size) record = new byte[size];
            if (file.Read(at, record.AsSpan(0, size)) < size || !IsIntact(record.AsSpan(0, size))) break;
            at += size;
        }
        End = new LogPosition(End.File, at);
        if (at < length)
        {
            if (SyncedRecordFollows(at, length)) throw Damaged(End);
            KeepTornTail(at, length);
            file.Truncate(at);
            CutBytes = length - at;
        }
        // What a process that was killed had not synced is told to peers from now on.
        file.Sync();
        synced = at;
    }

    /// <summary>Whether an intact record behind a damaged one was written when that one was durable: then it is damage and no torn tail.</summary>
    private bool SyncedRecordFollows(long from, long length)
    {
        var tail = new byte[Math.Min(length - from, 4 * (ModelLimits.HeaderBytes + ModelLimits.BodyBytes))];
        file.Read(from, tail);
        for (var at = 1; at + PrefixBytes <= tail.Length; at++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) == Magic && TryLength(tail.AsSpan(at), out var size)
                && at + size <= tail.Length && IsIntact(tail.AsSpan(at, size))
                && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + SyncedAt)) > from) return true;
        }
        return false;
    }

    private void KeepTornTail(long from, long length)
    {
        using var kept = disk.Open(Path.Combine(folder, $"{End.File:d8}-{from}.torn"), create: true);
        var part = new byte[ModelLimits.HeaderBytes + ModelLimits.BodyBytes];
        for (var at = from; at < length;)
        {
            var read = file.Read(at, part.AsSpan(0, (int)Math.Min(part.Length, length - at)));
            if (read == 0) break;
            kept.Write(at - from, part.AsSpan(0, read));
            at += read;
        }
        kept.Truncate(length - from);
        kept.Sync();
        disk.SyncFolder(folder);
    }

    private void BeginFile()
    {
        Sync();
        var next = disk.Open(PathOf(folder, End.File + 1), create: true);
        file.Dispose();
        file = next;
        End = new LogPosition(End.File + 1, 0);
        synced = 0;
        disk.SyncFolder(folder);
    }

    /// <summary>Removes the newest file and goes back to the one before it.</summary>
    private void DropFile()
    {
        var before = FileNumbers(disk, folder).Last(number => number < End.File);
        var previous = disk.Open(PathOf(folder, before), create: false);
        lock (gate)
        {
            if (readers.Remove(End.File, out var reader)) reader.Dispose();
        }
        disk.Delete(PathOf(folder, End.File));
        file.Dispose();
        file = previous;
        End = new LogPosition(before, previous.Length);
        // Beginning the dropped file had synced the one before.
        synced = previous.Length;
        disk.SyncFolder(folder);
    }

    private IDiskFile ReaderOf(int number)
    {
        lock (gate)
        {
            if (!readers.TryGetValue(number, out var reader)) readers[number] = reader = disk.OpenRead(PathOf(folder, number));
            return reader;
        }
    }
}
