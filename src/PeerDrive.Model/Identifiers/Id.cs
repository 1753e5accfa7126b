using System.Security.Cryptography;
using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Identifiers;

/// <summary>What all ids have in common: bytes, hexadecimal text, parsing of what came from outside.</summary>
public static class Id
{
    public static byte[] ToBytes<T>(this T id)
        where T : struct, IId<T>
    {
        var bytes = new byte[T.Size];
        id.WriteTo(bytes);
        return bytes;
    }

    public static string ToHex<T>(this T id)
        where T : struct, IId<T>
    {
        Span<byte> bytes = stackalloc byte[T.Size];
        id.WriteTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Reads an id whose bytes came from a file or a peer.</summary>
    /// <exception cref="PeerDriveException">Corrupt: the length is not the id's.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> bytes)
        where T : struct, IId<T> =>
        bytes.Length == T.Size
            ? T.Read(bytes)
            : throw new PeerDriveException(ErrorKind.Corrupt, $"A {typeof(T).Name} has {T.Size} bytes, not {bytes.Length}.");

    public static bool TryParse<T>(ReadOnlySpan<char> hex, out T id)
        where T : struct, IId<T>
    {
        id = default;
        Span<byte> bytes = stackalloc byte[T.Size];
        if (hex.Length != T.Size * 2) return false;
        if (Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        id = T.Read(bytes);
        return true;
    }

    /// <summary>The SHA-256 of <paramref name="bytes"/> as an id, cut to the id's length.</summary>
    public static T Hash<T>(ReadOnlySpan<byte> bytes)
        where T : struct, IId<T>
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return T.Read(hash);
    }
}
