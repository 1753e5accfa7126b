using PeerDrive.FileSystem;
using PeerDrive.Fuse;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>What the teller's own calls come to: what it repeats has happened already, so nothing happens by them. Thread-safe.</summary>
internal sealed class TellerAnswers(DriveFiles drive)
{
    private readonly Lock gate = new();
    private NameEvent? repeated;
    private bool hasGhost;
    private uint thread;

    /// <summary>The thread whose calls these are; 0: there is none.</summary>
    public uint Thread
    {
        set => Volatile.Write(ref thread, value);
    }

    public bool IsAsking(FuseContext context) => context.Pid != 0 && context.Pid == Volatile.Read(ref thread);

    /// <summary>The teller repeats this from here on; null: nothing.</summary>
    public void Expect(NameEvent? happened)
    {
        lock (gate) (repeated, hasGhost) = (happened, false);
    }

    /// <summary>What appeared is not there yet, and what vanished is there still.</summary>
    /// <returns>Null: as for everybody.</returns>
    public FuseResult<FuseEntry>? LookUp(ulong folder, ReadOnlySpan<byte> name)
    {
        lock (gate)
        {
            if (repeated is not { } now || now.Folder != folder || !now.Name.Bytes.SequenceEqual(name) || now.What == NameEventKind.Changed) return null;
            if (now.What == NameEventKind.Appeared) return Errno.NotFound;
            hasGhost = true;
            // Whoever else looks at the name asks again.
            return MountedDrive.Entry(drive.MakeGhost(now.Kind)) with { NameTimeout = TimeSpan.Zero, AttributeTimeout = TimeSpan.Zero };
        }
    }

    /// <summary>The kernel takes the name away: only of what was shown to the teller alone.</summary>
    public Errno Unlink()
    {
        lock (gate) return hasGhost ? Errno.None : Errno.Busy;
    }

    /// <summary>What appeared, as if it were being made.</summary>
    public FuseResult<FuseEntry> Make(ulong folder, ReadOnlySpan<byte> name, FileKind kind)
    {
        var found = drive.LookUp(folder, name);
        if (found.Error is not null) return Errno.NotFound;
        if (found.Value.Attributes.Kind == kind) return MountedDrive.Entry(found.Value);
        drive.Forget(found.Value.Node, 1);
        return Errno.Exists;
    }
}
