using PeerDrive.Extraction.Formats;

namespace PeerDrive.Extraction;

/// <summary>Reads a file with the extractor of its format. Runs in a worker: a file may be made to end whoever reads it.</summary>
public static class Extractors
{
    /// <param name="file">Read-only and seekable.</param>
    public static Found Read(Stream file)
    {
        var head = new byte[Math.Min(file.Length, ExtractionLimits.HeadBytes)];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        var (format, name) = FormatSniffer.Of(head.AsSpan(0, length));
        var found = new FoundSink(name);
        try
        {
            For(format)?.Extract(file, found);
            return found.ToFound();
        }
        catch (ContentEndedException)
        {
            throw;
        }
        catch (OutOfMemoryException)
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever a library throws on a file that is damaged or made to harm: the file is stored all the same.
            return found.ToFound(e is InvalidDataException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static IExtractor? For(ContentFormat format) => format switch
    {
        ContentFormat.Text => new TextExtractor(isHtml: false),
        ContentFormat.Html => new TextExtractor(isHtml: true),
        ContentFormat.Image => new ImageExtractor(),
        ContentFormat.Media => new MediaExtractor(),
        ContentFormat.Pdf => new PdfExtractor(),
        ContentFormat.Mail => new MailExtractor(),
        ContentFormat.Zip => new ZipExtractor(),
        ContentFormat.Tar => new TarExtractor(isCompressed: false),
        ContentFormat.GZip => new TarExtractor(isCompressed: true),
        _ => null,
    };
}
