using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Sync.Checkpoints;

/// <summary>
/// Compares a kept checkpoint with its history once that has come. One that names changesets which its maker turns out not to have is wrong too:
/// when all is here that the maker said it has, it is asked again, and its answer has to cover the checkpoint.
/// </summary>
internal sealed class CheckpointKeeper : IAsyncDisposable
{
    private readonly SyncEngine engine;
    private readonly Volume volume;
    private readonly WokenLoop loop;
    private VersionVector? askedAt;
    private long told, toldWhenAsked;

    public CheckpointKeeper(SyncEngine engine, Volume volume)
    {
        (this.engine, this.volume) = (engine, volume);
        loop = new WokenLoop(_ => StepAsync());
    }

    public void Start()
    {
        Wake();
        loop.Start();
    }

    /// <summary>Changesets came.</summary>
    public void Wake()
    {
        if (volume.Checkpoints.Kept is not null) loop.Wake();
    }

    /// <summary>A device said what it has. What it says after its checkpoint covers that, if it is honest.</summary>
    public void Told(DeviceId device)
    {
        if (volume.Checkpoints.Kept?.Header.Device != device) return;
        Interlocked.Increment(ref told);
        Wake();
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    private async Task StepAsync()
    {
        if (volume.Checkpoints.Kept is not { } kept) return;
        try
        {
            if (volume.Checkpoints.Judge() is { } verdict)
            {
                engine.OnCheckpoint?.Invoke(volume, verdict);
                return;
            }
            if (volume.Checkpoints.HasHistory || engine.ToldBy(kept.Header.Device, volume.Id) is not { } theirs || !theirs.Tips.All(tip => volume.Knows(tip.Hash))) return;
            if (Equals(askedAt, volume.Vector))
            {
                if (Interlocked.Read(ref told) == toldWhenAsked) return;
                const string why = "It names changesets that its maker has not got.";
                volume.Checkpoints.NoteWrong(kept.Header.Device, kept.Maker, why);
                engine.OnCheckpoint?.Invoke(volume, new CheckpointVerdict(kept, why));
                return;
            }
            askedAt = volume.Vector;
            toldWhenAsked = Interlocked.Read(ref told);
            await engine.AskStateAsync(kept.Header.Device, volume.Id);
        }
        catch (PeerDriveException)
        {
            // The connection went, or the disk failed: the next change, or the next start, tries again.
            askedAt = null;
        }
    }
}
