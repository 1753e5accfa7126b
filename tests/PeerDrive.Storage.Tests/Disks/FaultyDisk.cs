using PeerDrive.Model.Errors;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Storage.Tests.Disks;

/// <summary>A disk on which one operation that changes something fails, and all that follow while it is broken.</summary>
internal sealed class FaultyDisk(IDisk disk) : IDisk
{
    /// <summary>Operations so far that change something.</summary>
    public int Operations { get; private set; }

    /// <summary>Number of the first operation to fail; 0: none does.</summary>
    public int FailAt { get; set; }

    /// <summary>How many operations fail, from the first on.</summary>
    public int Failures { get; set; } = 1;

    public ErrorKind Error { get; set; } = ErrorKind.NoSpace;

    public bool HasFailed { get; private set; }

    public IDiskFile Open(string path, bool create)
    {
        if (create && !disk.FileExists(path)) Step();
        return new FaultyFile(this, disk.Open(path, create));
    }

    public IDiskFile OpenRead(string path) => disk.OpenRead(path);

    public bool FileExists(string path) => disk.FileExists(path);

    public FileStamp? Stamp(string path) => disk.Stamp(path);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public IReadOnlyList<string> ListFiles(string folder) => disk.ListFiles(folder);

    public IReadOnlyList<string> ListFolders(string folder) => disk.ListFolders(folder);

    public void Rename(string from, string to)
    {
        Step();
        disk.Rename(from, to);
    }

    public void Link(string path, string name)
    {
        Step();
        disk.Link(path, name);
    }

    public void Delete(string path)
    {
        Step();
        disk.Delete(path);
    }

    public void SyncFolder(string path)
    {
        Step();
        disk.SyncFolder(path);
    }

    public long FreeBytes(string path) => disk.FreeBytes(path);

    public Database OpenDatabase(string path, bool durable) => disk.OpenDatabase(path, durable);

    public void DeleteDatabase(string path) => disk.DeleteDatabase(path);

    private void Step(Action? before = null)
    {
        Operations++;
        if (FailAt == 0 || Operations < FailAt || Operations >= FailAt + Failures) return;
        HasFailed = true;
        before?.Invoke();
        throw new PeerDriveException(Error, "The test's disk fails here.");
    }

    private sealed class FaultyFile(FaultyDisk owner, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            // A full disk takes part of a write.
            var part = source[..(source.Length / 2)].ToArray();
            owner.Step(() => file.Write(offset, part));
            file.Write(offset, source);
        }

        public void Truncate(long length)
        {
            owner.Step();
            file.Truncate(length);
        }

        public long NextData(long offset) => file.NextData(offset);

        public long NextHole(long offset) => file.NextHole(offset);

        public void PunchHole(long offset, long length)
        {
            owner.Step();
            file.PunchHole(offset, length);
        }

        public void Allocate(long offset, long length)
        {
            owner.Step();
            file.Allocate(offset, length);
        }

        public FileStatus Status => file.Status;

        public Microsoft.Win32.SafeHandles.SafeFileHandle? Handle => file.Handle;

        public void Sync()
        {
            owner.Step();
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
