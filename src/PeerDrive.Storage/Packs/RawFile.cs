using Microsoft.Win32.SafeHandles;

namespace PeerDrive.Storage.Packs;

/// <summary>A raw file being read; nothing is written to it until this is disposed, which is to be soon.</summary>
public sealed class RawFile : IDisposable
{
    private readonly Action giveBack;
    private int isGivenBack;

    internal RawFile(SafeFileHandle handle, Action giveBack)
    {
        Handle = handle;
        this.giveBack = giveBack;
    }

    public SafeFileHandle Handle { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isGivenBack, 1) == 0) giveBack();
    }
}
