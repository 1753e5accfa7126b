using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Fields;

namespace PeerDrive.Storage.Search;

/// <summary>What was read out of contents by extractors, and the words of plain text files, which need none.</summary>
public sealed class ExtractedTexts : IDocumentTexts
{
    /// <summary>What the extractors call a plain text.</summary>
    private const string PlainFormat = "text";

    private static readonly ImmutableDictionary<string, string> MediaTypes = new Dictionary<string, string>
    {
        ["jpeg"] = "image/jpeg", ["png"] = "image/png", ["gif"] = "image/gif", ["webp"] = "image/webp", ["tiff"] = "image/tiff", ["heif"] = "image/heif", ["bmp"] = "image/bmp",
        ["psd"] = "image/vnd.adobe.photoshop", ["mp3"] = "audio/mpeg", ["flac"] = "audio/flac", ["wav"] = "audio/wav", ["wma"] = "audio/x-ms-wma", ["avi"] = "video/x-msvideo",
        ["mkv"] = "video/x-matroska", ["pdf"] = "application/pdf", ["tar"] = "application/x-tar", ["gzip"] = "application/gzip", ["mail"] = "message/rfc822",
    }.ToImmutableDictionary();

    private readonly ContentFields fields;
    private readonly PlainTexts plain;

    /// <param name="fields">Tells this alone of what is added.</param>
    public ExtractedTexts(ContentFields fields, ContentStore contents)
    {
        this.fields = fields;
        plain = new PlainTexts(contents);
        fields.OnAdded = () => Changed?.Invoke();
    }

    public event Action? Changed;

    public DocumentText? Read(Content content, MediaClass media)
    {
        var words = PlainTexts.MayBeText(media) ? plain.Read(content, media) : null;
        var found = fields.Find(content);
        if (found is not { Outcome: ExtractionOutcome.Done } || found.Format == PlainFormat) return words ?? (found is null ? null : DocumentText.Nothing);
        return new DocumentText(
            MediaTypes.GetValueOrDefault(found.Format, ""), [.. found.Fields.SelectMany(field => Values(field.Key, field.Value))], fields.TextOf(content) ?? words?.Text ?? "");
    }

    /// <summary>Of plain texts nothing else is known than before.</summary>
    public TextNews Since(long cursor, int limit)
    {
        var news = fields.Since(cursor, limit);
        return new TextNews(news.Count == 0 ? cursor : news[^1].Id, [.. news.Where(each => fields.Find(each.Content) is { } found && found.Format != PlainFormat).Select(each => each.Content.Root)]);
    }

    private static IEnumerable<DocumentField> Values(string name, AnnotationValue value) => value switch
    {
        AnnotationValue.Text text => [new DocumentField(name, text.Value, null)],
        AnnotationValue.Number number => [new DocumentField(name, null, number.Value)],
        AnnotationValue.Boolean flag => [new DocumentField(name, flag.Value ? "true" : "false", flag.Value ? 1 : 0)],
        AnnotationValue.Time time => [new DocumentField(name, null, time.Value)],
        AnnotationValue.TextSet set => set.Texts.Select(text => new DocumentField(name, text, null)),
        AnnotationValue.List list => list.Values.SelectMany(each => Values(name, each)),
        _ => [],
    };
}
