using PeerDrive.Model.Errors;
using PeerDrive.Storage.Disks;
using PeerDrive.Testing;

namespace PeerDrive.FileSystem.Tests;

/// <summary>A disk that takes no more while <see cref="IsFull"/>, or whose sync of chosen files fails.</summary>
internal sealed class FullDisk() : ForwardingDisk(new RealDisk())
{
    public volatile bool IsFull;

    /// <summary>Whether the sync of a path fails.</summary>
    public Func<string, bool> FailsToSync { get; set; } = _ => false;

    public override IDiskFile Open(string path, bool create)
    {
        if (create && !FileExists(path)) Step();
        return new File(this, path, base.Open(path, create));
    }

    private void Step()
    {
        if (IsFull) throw new PeerDriveException(ErrorKind.NoSpace, "The test's disk is full.");
    }

    private sealed class File(FullDisk owner, string path, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public FileStatus Status => file.Status;

        public Microsoft.Win32.SafeHandles.SafeFileHandle? Handle => file.Handle;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            owner.Step();
            file.Write(offset, source);
        }

        public void Truncate(long length) => file.Truncate(length);

        public long NextData(long offset) => file.NextData(offset);

        public long NextHole(long offset) => file.NextHole(offset);

        public void PunchHole(long offset, long length) => file.PunchHole(offset, length);

        public void Allocate(long offset, long length) => file.Allocate(offset, length);

        public void Sync()
        {
            if (owner.FailsToSync(path)) throw new PeerDriveException(ErrorKind.Io, "The test's disk fails to sync this file.");
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
