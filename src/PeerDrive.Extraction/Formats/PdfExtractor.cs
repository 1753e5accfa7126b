using System.Globalization;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace PeerDrive.Extraction.Formats;

/// <summary>Title, author, pages and text of a PDF.</summary>
internal sealed class PdfExtractor : IExtractor
{
    public void Extract(Stream file, FoundSink found)
    {
        using var document = PdfDocument.Open(file, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        var about = document.Information;
        found.Add("pages", document.NumberOfPages);
        found.Add("title", about.Title);
        found.Add("author", about.Author);
        found.Add("subject", about.Subject);
        found.AddSet("keywords", about.Keywords?.Split([',', ';']) ?? []);
        found.Add("date", Date(about.CreationDate));
        for (var number = 1; number <= document.NumberOfPages && !found.IsFull; number++)
        {
            found.AddText(ContentOrderTextExtractor.GetText(document.GetPage(number)));
            found.AddText("\n");
        }
    }

    /// <summary>D:20260301123000+01'00', as far as it is there.</summary>
    private static DateTimeOffset? Date(string? text)
    {
        var digits = text is null ? "" : string.Concat(text.TrimStart('D', ':').TakeWhile(char.IsAsciiDigit));
        return digits.Length >= 8 && DateTime.TryParseExact(digits.PadRight(14, '0')[..14], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new DateTimeOffset(time) : null;
    }
}
