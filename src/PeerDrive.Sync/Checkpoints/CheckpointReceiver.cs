using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Messages.Wire;

namespace PeerDrive.Sync.Checkpoints;

/// <summary>
/// Takes in the checkpoint that one peer sends of one volume, if it is wanted: one that is wrong is noted under the peer's name and passed over,
/// as the history that follows does not depend on it.
/// </summary>
internal sealed class CheckpointReceiver(Volume volume, DeviceCertificate maker) : IDisposable
{
    private readonly Lock gate = new();
    private readonly ChunkAssembly assembly = new();
    private CheckpointIntake? intake;

    public void Begin(Checkpoint message)
    {
        if (!volume.Checkpoints.IsWanted) return;
        Guarded(() =>
        {
            if (intake is not null) return;
            intake = new CheckpointIntake(volume.Id, new SignedCheckpoint(message.Header.ToByteArray(), message.Signature.ToByteArray()), maker);
            KeepIfComplete();
        });
    }

    public void Add(Data data, ReadOnlyMemory<byte> payload)
    {
        Guarded(() =>
        {
            if (intake is null) return;
            assembly.Add(data, payload.Span, chunk =>
            {
                intake?.Add(new CheckpointPart(chunk.Id, chunk.Encoding, chunk.Plain, chunk.Payload.ToArray()));
                KeepIfComplete();
            });
        });
    }

    public void Dispose()
    {
        lock (gate)
        {
            intake = null;
            assembly.Dispose();
        }
    }

    private void KeepIfComplete()
    {
        if (intake is not { IsComplete: true } whole) return;
        intake = null;
        volume.Checkpoints.Keep(whole);
    }

    private void Guarded(Action take)
    {
        try
        {
            lock (gate) take();
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.LimitExceeded or ErrorKind.Protocol)
        {
            intake = null;
            volume.Checkpoints.NoteWrong(maker.Device, maker.Name, e.Message);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NoSpace or ErrorKind.ReadOnly or ErrorKind.Io)
        {
            // The disk has no room for it: the history is what counts, and it says so too.
            intake = null;
        }
    }
}
