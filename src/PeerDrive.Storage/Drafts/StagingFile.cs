using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Drafts;

/// <summary>A draft's file in <c>staging/</c>, opened when it is first used, closed after its last user.</summary>
internal sealed class StagingFile(IDisk disk, string path, ulong number)
{
    private readonly Lock gate = new();
    private IDiskFile? file;
    private int users = 1;

    public string Path => path;

    /// <summary>The number in its name.</summary>
    public ulong Number => number;

    /// <summary>Its name is durable.</summary>
    public bool IsNamed { get; set; }

    public IDiskFile File
    {
        get
        {
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(users == 0, this);
                return file ??= disk.Open(path, create: !IsNamed);
            }
        }
    }

    public StagingFile Rent()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(users == 0, this);
            users++;
        }
        return this;
    }

    public void Return()
    {
        lock (gate)
        {
            if (--users > 0) return;
            file?.Dispose();
            file = null;
        }
    }
}
