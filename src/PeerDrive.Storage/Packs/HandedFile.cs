using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// A raw file that the kernel reads by itself, handed to one owner. Nothing is written to it while <c>raw/</c> names it:
/// <see cref="Drafts.DraftStore.BeginOn"/> leaves a copy there first. Disposing ends the handing; thread-safe.
/// </summary>
public sealed class HandedFile : IDisposable
{
    private readonly HandedFiles owner;
    private readonly IDiskFile file;

    internal HandedFile(HandedFiles owner, PackId pack, IDiskFile file, ulong number, string aside)
    {
        this.owner = owner;
        this.file = file;
        Pack = pack;
        Number = number;
        Aside = aside;
    }

    /// <summary>Open for reading; closed when this is disposed.</summary>
    public SafeFileHandle Handle => file.Handle!;

    internal PackId Pack { get; }

    /// <summary>Number of the staging file that it may become.</summary>
    internal ulong Number { get; }

    /// <summary>Its name in the staging folder, once <see cref="IsAside"/>.</summary>
    internal string Aside { get; }

    internal IDiskFile File => file;

    /// <summary><c>raw/</c> does not name it any more. Guarded by the owner's gate, like what follows.</summary>
    internal bool IsAside { get; set; }

    /// <summary>Its name belongs to a draft.</summary>
    internal bool IsGiven { get; set; }

    /// <summary>It is not known what a crash would leave in <c>raw/</c>: nothing may be written to it, ever.</summary>
    internal PeerDriveException? Failure { get; set; }

    public void Dispose() => owner.TakeBack(this);
}
