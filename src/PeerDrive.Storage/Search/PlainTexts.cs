using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Storage.Search;

/// <summary>The words of plain text files that are here: UTF-8, UTF-16 with its mark, or Latin-1.</summary>
public sealed class PlainTexts(ContentStore contents) : IDocumentTexts
{
    /// <summary>Of Latin-1 not more than one letter in so many is no ASCII: else it is no text.</summary>
    private const int LatinShare = 3;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Never: what it tells of a content never changes.</summary>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public TextNews Since(long cursor, int limit) => new(cursor, Array.Empty<ChunkId>());

    public DocumentText? Read(Content content, MediaClass media)
    {
        if (content.IsEmpty || !MayBeText(media)) return DocumentText.Nothing;
        try
        {
            if (contents.Missing(content, 1).Count > 0) return null;
            using var reader = contents.OpenReader(content);
            var head = new byte[(int)Math.Min(content.Size, 4096)];
            var read = reader.Read(0, head);
            // Most files that are no text are known by their first bytes.
            if (Decode(head.AsSpan(0, read), isWhole: (ulong)read == content.Size) is not { } text) return DocumentText.Nothing;
            if ((ulong)read == content.Size) return new DocumentText("", [], text);
            var all = new byte[(int)Math.Min(content.Size, SearchLimits.TextBytes)];
            read = reader.Read(0, all);
            return Decode(all.AsSpan(0, read), isWhole: (ulong)read == content.Size) is { } whole ? new DocumentText("", [], whole) : DocumentText.Nothing;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere)
        {
            return null;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.Io)
        {
            // A check tells of it; its words are not found.
            return DocumentText.Nothing;
        }
    }

    /// <summary>Whether a file may be plain text by what its name says.</summary>
    public static bool MayBeText(MediaClass media) => media is MediaClass.Other or MediaClass.Text or MediaClass.Code or MediaClass.Query;

    /// <summary>Null: no text. Of a piece the last letter may be cut.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Wide(Encoding.Unicode, bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Wide(Encoding.BigEndianUnicode, bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];
        var high = 0;
        foreach (var each in bytes)
        {
            if (each < 0x20 && each is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B)) return null;
            if (each >= 0x80) high++;
        }
        try
        {
            return Strict.GetString(isWhole ? bytes : bytes[..^Cut(bytes)]);
        }
        catch (DecoderFallbackException)
        {
            return high <= bytes.Length / LatinShare ? Encoding.Latin1.GetString(bytes) : null;
        }
    }

    private static string? Wide(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        var text = encoding.GetString(bytes[..(bytes.Length & ~1)]);
        return text.AsSpan().ContainsAny('\0', '\uFFFD') && text.AsSpan().TrimEnd('\uFFFD').Contains('\0') ? null : text;
    }

    /// <summary>Bytes at the end that begin a letter and do not end it.</summary>
    private static int Cut(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var each = bytes[^back];
            if (each < 0x80) return 0;
            if (each >= 0xC0) return back < (each >= 0xF0 ? 4 : each >= 0xE0 ? 3 : 2) ? back : 0;
        }
        return 0;
    }
}
