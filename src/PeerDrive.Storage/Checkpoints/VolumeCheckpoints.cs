using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>
/// A volume's checkpoints: the one that a new replica shows until its history has come, and those that it makes for others. Thread-safe.
/// </summary>
public sealed class VolumeCheckpoints
{
    private const string GivenNameKey = "given-name";

    private readonly Volume volume;
    private readonly VolumeContext context;
    private readonly Database state;
    private readonly ChangesetLog log;
    private readonly CatalogSnapshots snapshots;
    private readonly CheckpointFile file;
    private readonly Lock gate = new();
    private readonly WeakReference<MadeCheckpoint?> made = new(null);
    private KeptCheckpoint? kept;
    private string? givenName;
    private IReadOnlyList<WrongCheckpoint> wrong = [];

    internal VolumeCheckpoints(Volume volume, VolumeContext context, Database state, ChangesetLog log, CatalogSnapshots snapshots)
    {
        this.volume = volume;
        this.context = context;
        this.state = state;
        this.log = log;
        this.snapshots = snapshots;
        file = new CheckpointFile(context.Disk, volume.Folder);
    }

    /// <summary>What is shown in place of the tree; null: the tree itself.</summary>
    public KeptCheckpoint? Kept => Volatile.Read(ref kept);

    /// <summary>Whether one would help: nothing of the volume is here, and nobody has sent a wrong one.</summary>
    public bool IsWanted => Kept is null && Wrong.Count == 0 && volume.Vector.Equals(VersionVector.Empty);

    /// <summary>Checkpoints that were found to be wrong, since the replica began.</summary>
    public IReadOnlyList<WrongCheckpoint> Wrong => Volatile.Read(ref wrong);

    /// <summary>The volume's name as the inviter told it, which stands in for its own while a checkpoint is shown; null: nobody did, or none is.</summary>
    public string? GivenName => Kept is null ? null : Volatile.Read(ref givenName);

    /// <summary>Part of the kept checkpoint's history that has come, from 0 to 1, counted in changesets; 1 when none is kept.</summary>
    public double Progress
    {
        get
        {
            if (Kept is not { } now) return 1;
            var vector = volume.Vector;
            double come = 0, all = 0;
            foreach (var tip in now.Header.Vector.Tips)
            {
                all += tip.Sequence;
                come += Math.Min(tip.Sequence, vector.SequenceOf(tip.Author));
            }
            return come / all;
        }
    }

    /// <summary>Whether all changesets that a kept checkpoint names are here.</summary>
    public bool HasHistory => Kept is { } now && now.Header.Vector.Tips.All(tip => volume.Knows(tip.Hash));

    /// <summary>Remembers <see cref="GivenName"/>, if it is one that a volume can have.</summary>
    public void NoteName(string name)
    {
        if (!EntryName.IsValid(System.Text.Encoding.UTF8.GetBytes(name)) || name.Any(char.IsControl)) return;
        lock (state.Gate) state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(GivenNameKey).Bind(name).Run();
        Volatile.Write(ref givenName, name);
    }

    /// <summary>Makes a checkpoint of the present state, or gives the last one when nothing has come since.</summary>
    /// <param name="leastLogBytes">Less history than this comes as fast as a checkpoint would.</param>
    /// <returns>Null: a checkpoint is of no use, or the volume is too large for one.</returns>
    public MadeCheckpoint? Make(long leastLogBytes)
    {
        if (volume.LackedFeatures.Count > 0) return null;
        lock (gate)
        {
            if (made.TryGetTarget(out var last) && last is not null && last.Vector.Equals(volume.Vector)) return last;
            try
            {
                var present = volume.ReadState(known => LogBytes(known) < leastLogBytes ? default : new CheckpointMaker(volume.Id, known, log).Present());
                if (present.Tree is null) return null;
                var parts = CheckpointCodec.EncodeParts(present.Tree).Select(Compress).ToList();
                if (parts.Count > ModelLimits.CheckpointParts) return null;
                var header = new CheckpointHeader(volume.Id, volume.Device, volume.NowNanoseconds, present.Vector, present.Tree.Entries.Count, [.. parts.Select(part => part.Id)]);
                var signed = header.Sign(context.Device);
                if (signed.Header.Length > ModelLimits.CheckpointHeaderBytes) return null;
                var now = new MadeCheckpoint(present.Vector, signed, parts);
                made.SetTarget(now);
                return now;
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.LimitExceeded)
            {
                return null;
            }
        }
    }

    /// <summary>Keeps a checkpoint that has come whole, durably, and shows it.</summary>
    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded: it is no tree. NoSpace, ReadOnly or Io.</exception>
    public void Keep(CheckpointIntake checkpoint)
    {
        var now = checkpoint.Finish();
        lock (gate)
        {
            // History that began to come meanwhile is better.
            if (!IsWanted) return;
            file.Write(checkpoint);
            Volatile.Write(ref kept, now);
        }
    }

    /// <summary>Notes for good that a device made a wrong checkpoint; the kept one is dropped.</summary>
    /// <param name="why">A sentence.</param>
    public void NoteWrong(DeviceId device, string name, string why)
    {
        lock (gate)
        {
            lock (state.Gate) state.Prepare("INSERT INTO wrong_checkpoints VALUES(?, ?, ?)").BindId(device).Bind(name).Bind(why).Run();
            Volatile.Write(ref wrong, [.. wrong, new WrongCheckpoint(device, name, why)]);
            Drop();
        }
    }

    /// <summary>Compares the kept checkpoint with the tree that its history makes, and drops it either way.</summary>
    /// <returns>Null: none is kept, or its history has not come.</returns>
    public CheckpointVerdict? Judge()
    {
        if (Kept is not { } now || !HasHistory || volume.LackedFeatures.Count > 0) return null;
        var why = volume.ReadState(known => Mistake(known, now));
        lock (gate)
        {
            if (Kept != now) return null;
            if (why is null) Drop();
            else NoteWrong(now.Header.Device, now.Maker, why);
        }
        // All of a history went through the journal, which little may follow for long.
        snapshots.GiveJournalBack();
        return new CheckpointVerdict(now, why);
    }

    internal void Open()
    {
        lock (state.Gate)
        {
            state.Execute("CREATE TABLE IF NOT EXISTS wrong_checkpoints(device BLOB, name TEXT, why TEXT)");
            using var select = state.Prepare("SELECT device, name, why FROM wrong_checkpoints ORDER BY rowid");
            var found = new List<WrongCheckpoint>();
            while (select.Step()) found.Add(new WrongCheckpoint(select.Id<DeviceId>(0), select.Text(1), select.Text(2)));
            wrong = found;
            using var name = state.Prepare("SELECT value FROM settings WHERE key = ?").Bind(GivenNameKey);
            if (name.Step()) givenName = name.Text(0);
        }
        kept = file.Read(volume.Id);
    }

    private string? Mistake(VolumeCatalog known, KeptCheckpoint checkpoint)
    {
        var header = checkpoint.Header;
        var maker = new CheckpointMaker(volume.Id, known, log);
        if (!maker.IsState(header.Vector)) return "No replica ever was at its version vector.";
        if (maker.At(header.Vector, header.Device) is not { } tree) return "Its maker was no member.";
        return tree.Entries.Count == header.Entries && CheckpointCodec.EncodeParts(tree).Select(part => Id.Hash<ChunkId>(part)).SequenceEqual(header.Parts)
            ? null
            : "It is not the tree that the changesets make which it names.";
    }

    private void Drop()
    {
        Volatile.Write(ref kept, null);
        file.Remove();
    }

    private static long LogBytes(VolumeCatalog known) => (known.Applied.File - 1) * StorageLimits.LogFileBytes + known.Applied.Offset;

    private static CheckpointPart Compress(byte[] plain)
    {
        using var buffer = new PooledBytes(ChunkCompressor.Bound(plain.Length));
        var length = ChunkCompressor.TryCompress(plain, buffer.Span);
        return length == 0
            ? new CheckpointPart(Id.Hash<ChunkId>(plain), ChunkEncoding.Plain, plain.Length, plain)
            : new CheckpointPart(Id.Hash<ChunkId>(plain), ChunkEncoding.Zstd, plain.Length, buffer.Span[..length].ToArray());
    }
}
