using Microsoft.Win32.SafeHandles;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Testing;

/// <summary>A disk that knows which files have bytes that were not synced.</summary>
internal sealed class SyncWatch(IDisk disk) : IDisk
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

    public IDiskFile Open(string path, bool create) => new WatchedFile(this, disk.Open(path, create), path);

    public IDiskFile OpenRead(string path) => disk.OpenRead(path);

    public bool FileExists(string path) => disk.FileExists(path);

    public FileStamp? Stamp(string path) => disk.Stamp(path);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public IReadOnlyList<string> ListFiles(string folder) => disk.ListFiles(folder);

    public IReadOnlyList<string> ListFolders(string folder) => disk.ListFolders(folder);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Link(string path, string name) => disk.Link(path, name);

    public void Delete(string path) => disk.Delete(path);

    public void SyncFolder(string path) => disk.SyncFolder(path);

    public long FreeBytes(string path) => disk.FreeBytes(path);

    public Database OpenDatabase(string path, bool durable) => disk.OpenDatabase(path, durable);

    public void DeleteDatabase(string path) => disk.DeleteDatabase(path);

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
