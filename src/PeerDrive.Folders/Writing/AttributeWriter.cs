using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Scanning;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>Gives a file the attributes of a revision, as far as settings, rights and the file system allow.</summary>
internal sealed class AttributeWriter(LinkScope scope)
{
    private const uint Plain = 0x1FF, Sticky = 0x200, All = 0xFFF;

    /// <summary>Gives it all but its time.</summary>
    /// <param name="file">Open for reading or writing.</param>
    /// <param name="folder">The folder that it is in.</param>
    /// <param name="name">Its name now.</param>
    /// <returns>Hash of the extended attributes that it has now.</returns>
    public long Apply(SafeFileHandle file, SafeFileHandle folder, ReadOnlySpan<byte> name, RevisionState state)
    {
        ApplyOwner(folder, name, state);
        var xattrs = ApplyXattrs(file, DesktopAttributes.Shown(state));
        Libc.SetPermissions(file, state.Mode & (scope.Settings.ApplySpecial ? All : state.Kind == DocumentKind.Folder ? Plain | Sticky : Plain));
        return UserXattrs.Hash(xattrs);
    }

    /// <summary>For what cannot be opened: symbolic links and special files. Their time too.</summary>
    public void ApplyToName(SafeFileHandle folder, ReadOnlySpan<byte> name, RevisionState state)
    {
        ApplyOwner(folder, name, state);
        Libc.SetMtime(folder, name, state.Mtime);
    }

    private void ApplyOwner(SafeFileHandle folder, ReadOnlySpan<byte> name, RevisionState state)
    {
        if (scope.Settings.ApplyOwners && Libc.EffectiveUser() == 0)
            Libc.SetOwner(folder, name, scope.Accounts.NumberOfUser(state.Owner), scope.Accounts.NumberOfGroup(state.Group));
    }

    private static ImmutableSortedDictionary<ByteString, ByteString> ApplyXattrs(SafeFileHandle file, ImmutableSortedDictionary<ByteString, ByteString> wanted)
    {
        var present = UserXattrs.Read(file);
        if (present.Count == 0 && wanted.IsEmpty) return wanted;
        try
        {
            foreach (var (name, _) in present.Where(pair => !wanted.ContainsKey(pair.Key))) Libc.RemoveXattr(file, name.Span);
            foreach (var (name, value) in wanted)
            {
                // Only this namespace: the others mean something to the kernel.
                if (!name.Span.StartsWith("user."u8) || (present.TryGetValue(name, out var old) && old == value)) continue;
                Libc.SetXattr(file, name.Span, value.Span);
            }
        }
        catch (ErrnoException e) when (e.Errno is ErrnoException.NotSupported or ErrnoException.NoSpace or 1 or 7 or 13 or 34)
        {
            // What the directory cannot hold is remembered as it is there.
        }
        return UserXattrs.Read(file);
    }
}
