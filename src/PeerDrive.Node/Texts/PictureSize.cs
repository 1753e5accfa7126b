using System.Buffers.Binary;

namespace PeerDrive.Node.Texts;

/// <summary>Format and dimensions of a picture by its first bytes, which are not trusted: what does not fit is no picture.</summary>
internal static class PictureSize
{
    /// <summary>Enough of a JPEG with a preview in its head; a longer head is not followed.</summary>
    public const int HeadBytes = 256 * 1024;

    /// <summary>As in "PNG, 640 x 480"; null: none that is known.</summary>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 24 && head[0] == 0x89 && head[1..8].SequenceEqual("PNG\r\n\x1a\n"u8))
            return Text("PNG", BinaryPrimitives.ReadUInt32BigEndian(head[16..]), BinaryPrimitives.ReadUInt32BigEndian(head[20..]));
        if (head.Length >= 10 && (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)))
            return Text("GIF", BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]));
        if (head.Length >= 26 && head.StartsWith("BM"u8))
            return Text("BMP", BinaryPrimitives.ReadUInt32LittleEndian(head[18..]), (uint)Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(head[22..])));
        return head.Length >= 4 && head[0] == 0xFF && head[1] == 0xD8 ? Jpeg(head) : null;
    }

    /// <summary>Follows the segments up to the one that tells the frame's size.</summary>
    private static string? Jpeg(ReadOnlySpan<byte> head)
    {
        for (var at = 2; at + 9 <= head.Length && head[at] == 0xFF;)
        {
            var marker = head[at + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
            // Start of frame, of any kind but the tables that share its numbers.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return Text("JPEG", BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
            if (length < 2) return null;
            at += 2 + length;
        }
        return null;
    }

    private static string Text(string format, uint width, uint height) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{format}, {width} x {height}");
}
