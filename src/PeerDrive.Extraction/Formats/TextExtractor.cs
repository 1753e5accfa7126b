using System.Text;

namespace PeerDrive.Extraction.Formats;

/// <summary>The beginning of a plain text, or the words of HTML with its title.</summary>
internal sealed class TextExtractor(bool isHtml) : IExtractor
{
    public void Extract(Stream file, FoundSink found)
    {
        var text = Read(file);
        if (!isHtml)
        {
            found.AddText(text);
            return;
        }
        var start = text.IndexOf("<title>", StringComparison.OrdinalIgnoreCase);
        var end = start < 0 ? -1 : text.IndexOf("</title>", start, StringComparison.OrdinalIgnoreCase);
        if (end > 0) found.Add("title", System.Net.WebUtility.HtmlDecode(text[(start + "<title>".Length)..end]));
        HtmlText.AddTo(found, text);
    }

    private string Read(Stream file)
    {
        // Tags take much of HTML.
        var bytes = new byte[ExtractionLimits.TextLength * (isHtml ? 8L : 1) is var most && file.Length < most ? file.Length : most];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF');
    }
}
