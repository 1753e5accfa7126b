namespace PeerDrive.Folders;

/// <summary>Lets others wake a loop, which resets it before it looks at what there is to do.</summary>
internal sealed class Wake
{
    private readonly Lock gate = new();
    private TaskCompletionSource next = New();

    /// <summary>Ends when it is set.</summary>
    public Task Woken
    {
        get
        {
            lock (gate) return next.Task;
        }
    }

    public void Set()
    {
        lock (gate) next.TrySetResult();
    }

    public void Reset()
    {
        lock (gate)
        {
            if (next.Task.IsCompleted) next = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
