using System.IO.Compression;

namespace PeerDrive.Extraction.Formats;

/// <summary>Members of an archive, and title, author and text of the office documents that are zip archives.</summary>
internal sealed class ZipExtractor : IExtractor
{
    /// <summary>A text of a presentation has a part for each slide.</summary>
    private const int MaxParts = 500;

    public void Extract(Stream file, FoundSink found)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var entries = archive.Entries;
        if (entries.Count > ExtractionLimits.Members) throw new InvalidDataException($"it has more than {ExtractionLimits.Members} members");
        if (Office(archive) is not { } kind)
        {
            found.Add("members", entries.Count);
            found.Add("unpacked", entries.Sum(entry => (double)entry.Length));
            // Names are what people look for in an archive.
            foreach (var entry in entries.TakeWhile(_ => !found.IsFull))
            {
                found.AddText(entry.FullName);
                found.AddText("\n");
            }
            return;
        }
        found.Format = kind;
        foreach (var about in new[] { "docProps/core.xml", "docProps/app.xml", "meta.xml" }) ReadAbout(archive.GetEntry(about), found);
        foreach (var part in entries.Where(entry => HasText(kind, entry.FullName)).OrderBy(entry => entry.FullName.Length).ThenBy(entry => entry.FullName, StringComparer.Ordinal).Take(MaxParts))
        {
            if (found.IsFull) return;
            using var stream = Open(part);
            XmlText.AddTo(found, stream);
        }
    }

    private static string? Office(ZipArchive archive)
    {
        if (archive.GetEntry("word/document.xml") is not null) return "docx";
        if (archive.GetEntry("xl/workbook.xml") is not null) return "xlsx";
        if (archive.GetEntry("ppt/presentation.xml") is not null) return "pptx";
        if (archive.GetEntry("mimetype") is not { Length: < 200 } type) return null;
        using var stream = new StreamReader(Open(type));
        return stream.ReadToEnd().Trim() switch
        {
            "application/vnd.oasis.opendocument.text" => "odt",
            "application/vnd.oasis.opendocument.spreadsheet" => "ods",
            "application/vnd.oasis.opendocument.presentation" => "odp",
            "application/epub+zip" => "epub",
            _ => null,
        };
    }

    private static bool HasText(string kind, string name) => kind switch
    {
        "docx" => name is "word/document.xml" or "word/footnotes.xml" or "word/comments.xml",
        "xlsx" => name == "xl/sharedStrings.xml",
        "pptx" => name.StartsWith("ppt/slides/slide", StringComparison.Ordinal),
        "epub" => name.EndsWith(".xhtml", StringComparison.Ordinal) || name.EndsWith(".html", StringComparison.Ordinal),
        _ => name == "content.xml",
    };

    private static BoundedStream Open(ZipArchiveEntry entry) => new(entry.Open(), ExtractionLimits.UnpackedBytes);

    private static void ReadAbout(ZipArchiveEntry? entry, FoundSink found)
    {
        if (entry is null) return;
        using var stream = Open(entry);
        foreach (var (name, value) in XmlText.Values(stream, ["title", "creator", "initial-creator", "subject", "created", "creation-date", "Pages", "Slides"]))
        {
            switch (name)
            {
                case "title" or "subject": found.Add(name, value); break;
                case "creator" or "initial-creator": found.Add("author", value); break;
                case "Pages": found.Add("pages", double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var pages) ? pages : null); break;
                case "Slides": found.Add("pages", double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var slides) && slides > 0 ? slides : null); break;
                default:
                    const System.Globalization.DateTimeStyles styles = System.Globalization.DateTimeStyles.AssumeUniversal;
                    found.Add("date", DateTimeOffset.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, styles, out var time) ? time : null);
                    break;
            }
        }
    }
}
