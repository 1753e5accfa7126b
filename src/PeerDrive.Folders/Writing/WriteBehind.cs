using Microsoft.Win32.SafeHandles;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>
/// Has the disk take what was written to a large file while more is being written; otherwise a sync at the end would find it idle until then.
/// Disposed before the file is.
/// </summary>
internal sealed class WriteBehind(SafeFileHandle file, TaskScheduler scheduler) : IAsyncDisposable
{
    /// <summary>Smaller files are synced together.</summary>
    private const long StepBytes = 32L << 20;

    private Task running = Task.CompletedTask;
    private long begun;

    /// <summary>All is written up to an offset.</summary>
    /// <exception cref="ErrnoException">What was written before did not reach the disk.</exception>
    public async ValueTask NoteAsync(long end)
    {
        if (end - begun < StepBytes || !running.IsCompleted) return;
        await running;
        begun = end;
        running = Task.Factory.StartNew(() => Libc.Fdatasync(file), CancellationToken.None, TaskCreationOptions.None, scheduler);
    }

    /// <inheritdoc cref="NoteAsync"/>
    public async ValueTask DisposeAsync() => await running;
}
