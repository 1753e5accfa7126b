using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Contents;

/// <summary>
/// One reader of contents that may not be here: waits for what it lacks, and has so much brought ahead as it takes in some seconds. A seek begins
/// anew. Thread-safe.
/// </summary>
public sealed class ReadPace(ContentStore store, TimeProvider time) : IDisposable
{
    /// <summary>What was brought may be dropped again before it was read; that this goes on for ever is no reason to try for ever.</summary>
    private const int MostTries = 5;

    private readonly Lock gate = new();
    private Content content;
    private long next, expected, window, consumed, began;
    private bool isPartial;

    /// <summary>Reads, and waits for what is not here.</summary>
    /// <inheritdoc cref="ContentReader.Read" path="/returns"/>
    /// <inheritdoc cref="ContentSupply.BringAsync" path="/exception"/>
    public async ValueTask<int> ReadAsync(ContentReader reader, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var read = reader.Read(offset, destination.Span);
                Note(reader.Content, offset, read);
                return read;
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere && store.Supply is not null && tries < MostTries)
            {
                // It is waited for below.
            }
            await BringAsync(reader.Content, offset, destination.Length, cancellation);
        }
    }

    /// <summary>Waits until a range is here.</summary>
    /// <inheritdoc cref="ContentSupply.BringAsync" path="/exception"/>
    public async Task BringAsync(Content of, long offset, long length, CancellationToken cancellation)
    {
        if (store.Supply is not { } supply) throw new PeerDriveException(ErrorKind.NotHere, "The content is not here.");
        lock (gate) isPartial = true;
        ExpectAfter(of, offset, length);
        await supply.BringAsync(this, of, offset, length, cancellation);
        // Whoever brought it goes on with that, and not with what is done with it here.
        await Task.Yield();
    }

    /// <summary>A range was read.</summary>
    public void Note(Content of, long offset, int length)
    {
        lock (gate)
        {
            if (!isPartial) return;
        }
        ExpectAfter(of, offset, length);
    }

    public void Dispose() => store.Supply?.Leave(this);

    private void ExpectAfter(Content of, long offset, long length)
    {
        if (length == 0 || store.Supply is not { } supply) return;
        long from, bytes;
        lock (gate)
        {
            if (!Follow(of, offset, length)) return;
            from = next;
            bytes = Math.Min(window, (long)of.Size - next);
            expected = next + bytes;
        }
        if (bytes > 0) supply.Expect(this, of, from, bytes);
    }

    /// <returns>Whether more should be brought ahead now.</returns>
    private bool Follow(Content of, long offset, long length)
    {
        var now = time.GetTimestamp();
        if (of != content || window == 0 || offset > next + StorageLimits.ReadGapBytes || offset + length < next - StorageLimits.ReadGapBytes)
        {
            (content, window, consumed, began) = (of, StorageLimits.FirstReadAheadBytes, length, now);
            next = expected = offset + length;
            return true;
        }
        if (offset + length <= next) return false;
        consumed += offset + length - next;
        next = offset + length;
        if (expected - next > window / 2) return false;
        var seconds = Math.Max(0.1, time.GetElapsedTime(began, now).TotalSeconds);
        var wanted = (long)(consumed / seconds * StorageLimits.ReadAheadTime.TotalSeconds);
        window = Math.Clamp(Math.Min(window * 2, wanted), StorageLimits.FirstReadAheadBytes, StorageLimits.MostReadAheadBytes);
        return expected < (long)of.Size;
    }
}
