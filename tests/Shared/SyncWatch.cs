using Microsoft.Win32.SafeHandles;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Testing;

/// <summary>A disk that knows which files have bytes that were not synced.</summary>
internal sealed class SyncWatch(IDisk disk) : ForwardingDisk(disk)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> unsynced = [];

    /// <summary>Called within each sync of a file, before it is done.</summary>
    public Action? OnSync { get; set; }

    public IReadOnlyList<string> Unsynced
    {
        get
        {
            lock (gate) return [.. unsynced];
        }
    }

    public override IDiskFile Open(string path, bool create) => new WatchedFile(this, base.Open(path, create), path);

    private sealed class WatchedFile(SyncWatch owner, IDiskFile file, string path) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            lock (owner.gate) owner.unsynced.Add(path);
            file.Write(offset, source);
        }

        public void Truncate(long length) => file.Truncate(length);

        public long NextData(long offset) => file.NextData(offset);

        public long NextHole(long offset) => file.NextHole(offset);

        public void PunchHole(long offset, long length) => file.PunchHole(offset, length);

        public void Allocate(long offset, long length) => file.Allocate(offset, length);

        public FileStatus Status => file.Status;

        public SafeFileHandle? Handle => file.Handle;

        public void Sync()
        {
            // What is written from here on needs another sync.
            lock (owner.gate) owner.unsynced.Remove(path);
            owner.OnSync?.Invoke();
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
