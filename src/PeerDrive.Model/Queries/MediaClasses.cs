using System.Collections.Frozen;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Queries;

/// <summary>Tells what class of media something is by its kind, its media type, or else the end of its name.</summary>
public static class MediaClasses
{
    private static readonly FrozenDictionary<string, MediaClass> ByExtension = Table(
        (MediaClass.Image, "jpg jpeg png gif webp heic heif avif tif tiff bmp svg ico raw cr2 cr3 nef arw dng orf rw2 psd xcf jxl"),
        (MediaClass.Video, "mp4 mkv mov avi webm m4v mpg mpeg wmv flv ogv mts m2ts 3gp"),
        (MediaClass.Audio, "mp3 flac ogg opus m4a aac wav wma aiff aif mid midi ape"),
        (MediaClass.Text, "txt md markdown rst org log csv tsv tex adoc nfo srt vtt ini conf cfg"),
        (MediaClass.Document, "pdf doc docx odt ott rtf xls xlsx ods ppt pptx odp epub djvu ps pages numbers key"),
        (MediaClass.Archive, "zip tar gz tgz bz2 tbz xz txz zst 7z rar jar iso deb rpm cab lz4 lzma"),
        (MediaClass.Code, "c h cc cpp hpp cs java kt js ts jsx tsx py rb go rs php swift sh bash ps1 sql html htm css scss json yaml yml toml xml lua pl r scala hs vb fs"),
        (MediaClass.Font, "ttf otf woff woff2 pfb"),
        (MediaClass.Mail, "eml msg mbox vcf ics"),
        (MediaClass.Query, "query"));

    private static readonly FrozenDictionary<string, MediaClass> ByMediaType = new Dictionary<string, MediaClass>
    {
        [Query.MediaType] = MediaClass.Query,
        ["application/pdf"] = MediaClass.Document,
        ["application/rtf"] = MediaClass.Document,
        ["application/msword"] = MediaClass.Document,
        ["application/epub+zip"] = MediaClass.Document,
        ["application/zip"] = MediaClass.Archive,
        ["application/gzip"] = MediaClass.Archive,
        ["application/x-tar"] = MediaClass.Archive,
        ["application/x-7z-compressed"] = MediaClass.Archive,
        ["application/json"] = MediaClass.Code,
        ["application/xml"] = MediaClass.Code,
        ["message/rfc822"] = MediaClass.Mail,
    }.ToFrozenDictionary();

    /// <summary>Names of classes that a query may ask for, in their order; "file" stands for every file.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<MediaClass>().Select(each => each.ToString().ToLowerInvariant())];

    /// <summary>The class of a name in small letters; null: it names none.</summary>
    public static MediaClass? Parse(string name)
    {
        var at = Names.ToList().IndexOf(name);
        return at < 0 ? null : Enum.GetValues<MediaClass>()[at];
    }

    /// <param name="mediaType">Empty when nobody said.</param>
    /// <param name="extension">The end of the name, as <see cref="ExtensionOf"/> gives it.</param>
    public static MediaClass Of(DocumentKind kind, string mediaType, string extension) => kind switch
    {
        DocumentKind.File => OfMediaType(mediaType) ?? ByExtension.GetValueOrDefault(extension),
        DocumentKind.Folder => MediaClass.Folder,
        DocumentKind.SymbolicLink => MediaClass.Symlink,
        DocumentKind.Link => MediaClass.Link,
        _ => MediaClass.Special,
    };

    /// <summary>What follows the last dot of a name, in small letters; empty when there is none, or only in front.</summary>
    public static string ExtensionOf(string name)
    {
        const int longest = 16;
        var dot = name.LastIndexOf('.');
        return dot > 0 && name.Length - dot - 1 is > 0 and <= longest ? name[(dot + 1)..].ToLowerInvariant() : "";
    }

    private static MediaClass? OfMediaType(string mediaType)
    {
        var plain = mediaType.Split(';')[0].Trim().ToLowerInvariant();
        if (plain.Length == 0) return null;
        if (ByMediaType.TryGetValue(plain, out var exact)) return exact;
        return plain.Split('/')[0] switch
        {
            "image" => MediaClass.Image,
            "video" => MediaClass.Video,
            "audio" => MediaClass.Audio,
            "font" => MediaClass.Font,
            "message" => MediaClass.Mail,
            "text" => plain is "text/plain" or "text/markdown" or "text/csv" ? MediaClass.Text : null,
            _ => plain.StartsWith("application/vnd.o", StringComparison.Ordinal) || plain.StartsWith("application/vnd.ms-", StringComparison.Ordinal) ? MediaClass.Document : null,
        };
    }

    private static FrozenDictionary<string, MediaClass> Table(params ReadOnlySpan<(MediaClass Class, string Extensions)> rows)
    {
        var table = new Dictionary<string, MediaClass>();
        foreach (var (media, extensions) in rows)
        {
            foreach (var extension in extensions.Split(' ')) table.Add(extension, media);
        }
        return table.ToFrozenDictionary();
    }
}
