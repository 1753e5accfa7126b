using System.Xml;

namespace PeerDrive.Extraction.Formats;

/// <summary>Reads XML forward only, without entities of its own: no billion laughs, nothing fetched.</summary>
internal static class XmlText
{
    /// <summary>Elements inside each other: no document that somebody writes has so many.</summary>
    private const int MaxDepth = 512;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1 << 20,
        MaxCharactersInDocument = ExtractionLimits.UnpackedBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>All text, with a line for each paragraph, and blanks where cells end.</summary>
    public static void AddTo(FoundSink found, Stream xml)
    {
        using var reader = XmlReader.Create(xml, Settings);
        while (!found.IsFull && Read(reader))
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace) found.AddText(reader.Value);
            else if (reader.NodeType == XmlNodeType.EndElement && reader.LocalName is "p" or "h" or "si") found.AddText("\n");
            else if (reader.NodeType == XmlNodeType.Element && reader.LocalName is "tab" or "br" or "s" or "tc") found.AddText(" ");
        }
    }

    /// <summary>Texts of elements by their local names, the first of each.</summary>
    public static Dictionary<string, string> Values(Stream xml, string[] names)
    {
        var found = new Dictionary<string, string>();
        using var reader = XmlReader.Create(xml, Settings);
        string? inside = null;
        while (Read(reader))
        {
            if (reader.NodeType == XmlNodeType.Element) inside = names.Contains(reader.LocalName) && !reader.IsEmptyElement ? reader.LocalName : null;
            else if (reader.NodeType == XmlNodeType.EndElement) inside = null;
            else if (inside is not null && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) found.TryAdd(inside!, reader.Value);
        }
        return found;
    }

    private static bool Read(XmlReader reader) =>
        reader.Read() && (reader.Depth <= MaxDepth ? true : throw new InvalidDataException($"its elements are nested deeper than {MaxDepth}"));
}
