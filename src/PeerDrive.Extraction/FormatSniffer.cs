using System.Text;
using System.Text.Unicode;

namespace PeerDrive.Extraction;

/// <summary>Tells from its first bytes what a file is. Its name says nothing: it may lie, and equal contents are one.</summary>
public static class FormatSniffer
{
    private static readonly (byte[] Magic, int At, ContentFormat Format, string Name)[] Table =
    [
        ([0xFF, 0xD8, 0xFF], 0, ContentFormat.Image, "jpeg"), ([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], 0, ContentFormat.Image, "png"),
        ("GIF8"u8.ToArray(), 0, ContentFormat.Image, "gif"), ("WEBP"u8.ToArray(), 8, ContentFormat.Image, "webp"), ("II*\0"u8.ToArray(), 0, ContentFormat.Image, "tiff"),
        ("MM\0*"u8.ToArray(), 0, ContentFormat.Image, "tiff"), ("ftyphei"u8.ToArray(), 4, ContentFormat.Image, "heif"), ("ftypmif1"u8.ToArray(), 4, ContentFormat.Image, "heif"),
        ("8BPS"u8.ToArray(), 0, ContentFormat.Image, "psd"),
        ("ID3"u8.ToArray(), 0, ContentFormat.Media, "mp3"), ("fLaC"u8.ToArray(), 0, ContentFormat.Media, "flac"), ("OggS"u8.ToArray(), 0, ContentFormat.Media, "ogg"),
        ("WAVE"u8.ToArray(), 8, ContentFormat.Media, "wav"), ("AVI "u8.ToArray(), 8, ContentFormat.Media, "avi"), ("ftyp"u8.ToArray(), 4, ContentFormat.Media, "mp4"),
        ([0x1A, 0x45, 0xDF, 0xA3], 0, ContentFormat.Media, "mkv"), ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], 0, ContentFormat.Media, "wma"),
        ("%PDF-"u8.ToArray(), 0, ContentFormat.Pdf, "pdf"), ([(byte)'P', (byte)'K', 3, 4], 0, ContentFormat.Zip, "zip"), ([(byte)'P', (byte)'K', 5, 6], 0, ContentFormat.Zip, "zip"),
        ("ustar"u8.ToArray(), 257, ContentFormat.Tar, "tar"), ([0x1F, 0x8B, 8], 0, ContentFormat.GZip, "gzip"),
    ];

    private static readonly string[] MailHeaders =
    [
        "return-path:", "received:", "delivered-to:", "from:", "to:", "date:", "subject:", "message-id:", "mime-version:", "x-mozilla-status:", "dkim-signature:", "reply-to:",
        "content-type:", "cc:", "sender:",
    ];

    /// <param name="head">The first <see cref="ExtractionLimits.HeadBytes"/> of the file, or all of a shorter one.</param>
    /// <returns>The format and its name: both empty when it is none that is known.</returns>
    public static (ContentFormat Format, string Name) Of(ReadOnlySpan<byte> head)
    {
        foreach (var (magic, at, format, name) in Table)
        {
            if (head.Length >= at + magic.Length && head.Slice(at, magic.Length).SequenceEqual(magic)) return (format, name);
        }
        // The first frame of an MPEG stream: eleven bits set, a version, a layer and a rate that there are.
        if (head.Length >= 4 && head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) == 0x02 && (head[2] & 0xF0) is not (0 or 0xF0)) return (ContentFormat.Media, "mp3");
        if (head.StartsWith("BM"u8) && head.Length >= 26 && head[14] is 12 or 40 or 108 or 124) return (ContentFormat.Image, "bmp");
        if (!IsText(head)) return (ContentFormat.Unknown, "");
        if (IsMail(head)) return (ContentFormat.Mail, "mail");
        var start = head.TrimStart(" \t\r\n\uFEFF"u8);
        return IsTag(start, "<!doctype html") || IsTag(start, "<html") ? (ContentFormat.Html, "html") : (ContentFormat.Text, "text");
    }

    private static bool IsTag(ReadOnlySpan<byte> start, string tag) => start.Length >= tag.Length && Ascii.EqualsIgnoreCase(start[..tag.Length], tag);

    /// <summary>UTF-8 without what no text has; the last character may be cut.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return false;
        foreach (var b in head)
        {
            if (b is < 32 and not (9 or 10 or 12 or 13 or 27)) return false;
        }
        for (var cut = 0; cut < Math.Min(4, head.Length); cut++)
        {
            if (Utf8.IsValid(head[..^cut])) return true;
            if ((head[^(cut + 1)] & 0xC0) != 0x80 && (head[^(cut + 1)] & 0xC0) != 0xC0) return false;
        }
        return false;
    }

    /// <summary>Header lines first, two of those that mails have among them.</summary>
    private static bool IsMail(ReadOnlySpan<byte> head)
    {
        var text = Encoding.UTF8.GetString(head[..Math.Min(head.Length, 2048)]);
        var found = 0;
        foreach (var line in text.Split('\n').Take(40))
        {
            if (line.Length > 0 && line[0] is ' ' or '\t') continue;
            if (line.Trim().Length == 0) break;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.StartsWith("From ", StringComparison.Ordinal) && found == 0) continue;
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(" \t")) return false;
            if (MailHeaders.Contains(line[..(colon + 1)].ToLowerInvariant())) found++;
        }
        return found >= 2;
    }
}
