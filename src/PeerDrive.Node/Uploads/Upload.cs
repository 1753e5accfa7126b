using PeerDrive.Model.Errors;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Uploads;

/// <summary>A file that comes in pieces, by requests that may be cut off. One request at a time brings bytes: a later one ends the one before it, which may hang on a connection that is gone.</summary>
internal sealed class Upload(string id, string path, KeptUpload kept) : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly SemaphoreSlim turn = new(1, 1);
    private CancellationTokenSource? current;

    public string Id => id;

    /// <summary>Of the file in which its bytes gather.</summary>
    public string Path => path;

    public KeptUpload Kept { get; set; } = kept;

    /// <summary>Whether it may be a version already, though nothing says so: it was found whole, and the node may have ended between the two. (It may also have been refused.)</summary>
    public bool MayBeAVersion { get; init; }

    /// <summary>Bytes that are here.</summary>
    public long Received => Kept.IsDone ? Kept.Size : new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>When something came last.</summary>
    public DateTimeOffset Touched => new FileInfo(path) is { Exists: true } file ? file.LastWriteTimeUtc : DateTimeOffset.MinValue;

    public bool IsWhole => Received == Kept.Size;

    /// <summary>Does something with it alone.</summary>
    /// <exception cref="PeerDriveException">Conflict: a later request took over.</exception>
    public async Task<T> InTurnAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken cancellation)
    {
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Interlocked.Exchange(ref current, mine) is { } before) Cancel(before);
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await act(mine.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerDriveException(ErrorKind.Conflict, "Another request goes on with this upload.", e);
        }
        finally
        {
            Interlocked.CompareExchange(ref current, null, mine);
            turn.Release();
        }
    }

    /// <summary>Takes bytes until there are no more, or it is whole; what came before a connection broke stays.</summary>
    /// <returns>Whether bytes beyond the end were there.</returns>
    public async Task<bool> ReceiveAsync(Stream body, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        var buffer = new byte[PieceBytes];
        try
        {
            for (var at = RandomAccess.GetLength(file); ;)
            {
                var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, Kept.Size - at + 1)), cancellation).ConfigureAwait(false);
                if (read == 0) return false;
                if (at + read > Kept.Size) return true;
                await RandomAccess.WriteAsync(file, buffer.AsMemory(0, read), at, cancellation).ConfigureAwait(false);
                at += read;
            }
        }
        finally
        {
            Libc.Fsync(file);
        }
    }

    public void Dispose() => turn.Dispose();

    private static void Cancel(CancellationTokenSource before)
    {
        try
        {
            before.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }
}
