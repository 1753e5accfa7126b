using Microsoft.Win32.SafeHandles;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Folders.Writing;

/// <summary>Writes one content into a new file, from its beginning on. Owns the file.</summary>
internal sealed class ContentWriter(SafeFileHandle file, Content content, ContentStore contents, TaskScheduler scheduler) : IAsyncDisposable
{
    private static readonly byte[] Zeros = new byte[ModelLimits.ChunkBytes];

    private readonly WriteBehind behind = new(file, scheduler);
    private int written;
    private long offset;
    private bool hasHole;
    private ChunkId? zero;

    public SafeFileHandle File => file;

    public Content Content => content;

    /// <summary>Writes what is here of a content that is still being fetched.</summary>
    public async ValueTask AdvanceAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var leaf in contents.Leaves(content).Skip(written))
            {
                if (!contents.Chunks.Contains(leaf.Id)) return;
                await WriteAsync(leaf, cancellation);
            }
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere)
        {
            // A chunk list that has not come yet.
        }
    }

    /// <summary>Writes all that is left.</summary>
    /// <exception cref="PeerDriveException">NotHere, Corrupt: a chunk cannot be had.</exception>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        foreach (var leaf in contents.Leaves(content).Skip(written)) await WriteAsync(leaf, cancellation);
        if (hasHole) Libc.Truncate(file, offset);
    }

    /// <inheritdoc cref="WriteBehind.NoteAsync"/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await behind.DisposeAsync();
        }
        finally
        {
            file.Dispose();
        }
    }

    /// <summary>Closes the file, whose bytes nobody wants.</summary>
    public void Abandon() => file.Dispose();

    private async ValueTask WriteAsync(ChunkReference leaf, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        hasHole = leaf.Id == zero;
        if (!hasHole)
        {
            using var chunk = contents.Chunks.Read(leaf.Id);
            if ((ulong)chunk.Length != leaf.Size) throw new PeerDriveException(ErrorKind.Corrupt, $"Chunk {leaf.Id} is not as long as its list says.");
            hasHole = leaf.Size >= 4096 && chunk.Span.SequenceEqual(Zeros.AsSpan(0, chunk.Length));
            if (hasHole) zero = leaf.Id;
            else Libc.Write(file, chunk.Span, offset);
        }
        offset += (long)leaf.Size;
        written++;
        await behind.NoteAsync(offset);
    }
}
