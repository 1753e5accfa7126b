using PeerDrive.Model.Errors;

namespace PeerDrive.Storage.Volumes;

/// <summary>Something waiting for a volume's writer.</summary>
internal abstract class VolumeRequest
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PeerDriveException? failure;

    /// <summary>Ends when the request is durable, or with why it failed.</summary>
    public Task Done => done.Task;

    /// <summary>Does the work inside the writer's transaction.</summary>
    public abstract void Run();

    /// <summary>Makes what the group of requests did visible, by <paramref name="commit"/>, which is called just once.</summary>
    public virtual void Show(Action commit) => commit();

    public bool HasFailed => failure is not null;

    public void Fail(PeerDriveException e) => failure ??= e;

    public void Complete()
    {
        if (failure is null) done.TrySetResult();
        else done.TrySetException(failure);
    }
}
