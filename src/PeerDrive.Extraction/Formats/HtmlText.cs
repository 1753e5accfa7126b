using System.Net;

namespace PeerDrive.Extraction.Formats;

/// <summary>The words of HTML: what is between its tags, without scripts and styles.</summary>
internal static class HtmlText
{
    public static void AddTo(FoundSink found, string html)
    {
        for (var at = 0; at < html.Length && !found.IsFull;)
        {
            var tag = html.IndexOf('<', at);
            if (tag < 0) tag = html.Length;
            found.AddText(WebUtility.HtmlDecode(html[at..tag]));
            if (tag == html.Length) return;
            found.AddText(" ");
            at = EndOf(html, tag);
        }
    }

    /// <summary>Behind a tag, and behind all of a script or a style.</summary>
    private static int EndOf(string html, int tag)
    {
        foreach (var name in new[] { "script", "style" })
        {
            if (string.Compare(html, tag + 1, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) != 0) continue;
            var end = html.IndexOf("</" + name, tag, StringComparison.OrdinalIgnoreCase);
            if (end < 0) return html.Length;
            tag = end;
            break;
        }
        var close = html.IndexOf('>', tag);
        return close < 0 ? html.Length : close + 1;
    }
}
