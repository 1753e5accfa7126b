using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Scanning;

/// <summary>Extended attributes in the user's namespace: the only ones that travel.</summary>
internal static class UserXattrs
{
    /// <summary>So that they fit into a revision; further ones are left out.</summary>
    private const int MaxBytes = 100 << 10;

    private static readonly ImmutableSortedDictionary<ByteString, ByteString> None = ImmutableSortedDictionary<ByteString, ByteString>.Empty;

    public static ImmutableSortedDictionary<ByteString, ByteString> Read(SafeFileHandle file)
    {
        var found = None;
        var bytes = 0;
        foreach (var name in Libc.ListXattrs(file).Where(name => name.AsSpan().StartsWith("user."u8)).OrderBy(name => new ByteString(name)))
        {
            if (Libc.GetXattr(file, name) is not { } value || (bytes += name.Length + value.Length + 16) > MaxBytes) continue;
            found = found.SetItem(new ByteString(name), new ByteString(value));
        }
        return found;
    }

    /// <summary>What a row remembers of them; 0 for none.</summary>
    public static long Hash(ImmutableSortedDictionary<ByteString, ByteString> xattrs)
    {
        if (xattrs.IsEmpty) return 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> lengths = stackalloc byte[8];
        foreach (var (name, value) in xattrs)
        {
            BinaryPrimitives.WriteInt32LittleEndian(lengths, name.Span.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], value.Span.Length);
            hash.AppendData(lengths);
            hash.AppendData(name.Span);
            hash.AppendData(value.Span);
        }
        return BinaryPrimitives.ReadInt64LittleEndian(hash.GetHashAndReset()) | 1;
    }
}
