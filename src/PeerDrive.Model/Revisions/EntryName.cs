using System.Text;
using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Revisions;

/// <summary>
/// A name in a folder: 1 to 255 bytes, neither <c>.</c> nor <c>..</c>, without slash and NUL. Bytes need not be valid UTF-8;
/// names are equal when their bytes are.
/// </summary>
public readonly struct EntryName : IEquatable<EntryName>, IComparable<EntryName>
{
    private readonly byte[]? bytes;

    private EntryName(byte[] bytes) => this.bytes = bytes;

    public ReadOnlySpan<byte> Bytes => bytes;

    public static bool operator ==(EntryName left, EntryName right) => left.Equals(right);

    public static bool operator !=(EntryName left, EntryName right) => !left.Equals(right);

    /// <exception cref="PeerDriveException">Invalid or NameTooLong: not a name that a file system can hold.</exception>
    public static EntryName Create(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ModelLimits.NameBytes)
            throw new PeerDriveException(ErrorKind.NameTooLong, $"A name has at most {ModelLimits.NameBytes} bytes; this one has {bytes.Length}.");
        if (!IsValid(bytes))
            throw new PeerDriveException(ErrorKind.Invalid, $"'{Display(bytes)}' is no name: names are not empty, '.' or '..' and contain neither '/' nor NUL.");
        return new EntryName(bytes.ToArray());
    }

    /// <inheritdoc cref="Create(ReadOnlySpan{byte})"/>
    public static EntryName Create(string text) => Create(System.Text.Encoding.UTF8.GetBytes(text));

    public static bool IsValid(ReadOnlySpan<byte> bytes) =>
        bytes.Length is > 0 and <= ModelLimits.NameBytes && bytes.IndexOfAny((byte)'/', (byte)0) < 0
        && !bytes.SequenceEqual("."u8) && !bytes.SequenceEqual(".."u8);

    public bool Equals(EntryName other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is EntryName other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public int CompareTo(EntryName other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>For people: UTF-8, with control characters and invalid bytes as <c>\xNN</c> and a backslash doubled.</summary>
    public override string ToString() => Display(Bytes);

    /// <inheritdoc cref="ToString()"/>
    public static string Display(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var good = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (good && rune.Value == '\\') text.Append(@"\\");
            else if (good && !Rune.IsControl(rune)) text.Append(rune);
            else foreach (var b in bytes[..used]) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{b:x2}");
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    /// <summary>The inverse of <see cref="Display"/>: bytes of a name or path as a person typed it.</summary>
    /// <exception cref="PeerDriveException">Invalid: a backslash that begins neither <c>\\</c> nor <c>\xNN</c>.</exception>
    public static byte[] FromDisplay(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return System.Text.Encoding.UTF8.GetBytes(text);
        var result = new List<byte>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '\\')
            {
                var next = text.IndexOf('\\', i);
                if (next < 0) next = text.Length;
                result.AddRange(System.Text.Encoding.UTF8.GetBytes(text[i..next]));
                i = next;
            }
            else if (i + 1 < text.Length && text[i + 1] == '\\')
            {
                result.Add((byte)'\\');
                i += 2;
            }
            else if (i + 3 < text.Length && text[i + 1] == 'x' && byte.TryParse(text.AsSpan(i + 2, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
            {
                result.Add(value);
                i += 4;
            }
            else
            {
                throw new PeerDriveException(ErrorKind.Invalid, $"'{text}': write a backslash as \\\\ and any other byte as \\xNN.");
            }
        }
        return [.. result];
    }
}
