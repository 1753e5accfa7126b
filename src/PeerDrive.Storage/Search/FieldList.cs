using System.Globalization;
using System.Text;
using System.Text.Json;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Search;

/// <summary>The values of a document's fields, and the words in them, within the caps.</summary>
internal sealed class FieldList
{
    private const string TagKey = "tag", RatingKey = "rating", CommentKey = "comment";

    /// <summary>Ratings are kept in half stars, as desktops write them, and looked for in stars.</summary>
    private const double HalfStars = 2;

    private readonly HashSet<string> given = [];
    private readonly Dictionary<(string Key, string Text), DocumentField> fields = [];
    private readonly StringBuilder words = new();

    /// <summary>Distinct by key and text.</summary>
    public IReadOnlyCollection<DocumentField> Fields => fields.Values;

    public string Words => words.ToString();

    /// <summary>What people attached comes first; what was read out of the content fills in what they did not say.</summary>
    /// <param name="state">Null: it is not known.</param>
    public static FieldList Of(RevisionState? state, IEnumerable<DocumentField> derived, string mediaType)
    {
        var list = new FieldList();
        if (state is not null)
        {
            foreach (var (key, value) in state.Annotations) list.Add(Key(key), key == RatingKey && value is AnnotationValue.Number halves ? new AnnotationValue.Number(halves.Value / HalfStars) : value, 0);
            list.given.UnionWith(list.fields.Keys.Select(field => field.Key));
            list.AddDesktop(state);
            list.given.UnionWith(list.fields.Keys.Select(field => field.Key));
        }
        foreach (var field in derived)
        {
            var key = Key(field.Key);
            if (list.given.Contains(key)) continue;
            list.Add(key, field.Text, field.Number, hasWords: field.Text is not null);
        }
        if (mediaType.Length > 0) list.Add("media", mediaType, null, hasWords: false);
        return list;
    }

    public static string Save(IEnumerable<DocumentField> fields) => JsonSerializer.Serialize(fields);

    public static IReadOnlyList<DocumentField> Load(string saved) => JsonSerializer.Deserialize<List<DocumentField>>(saved) ?? [];

    private static string Key(string key)
    {
        key = key.ToLowerInvariant();
        return key == "tags" ? TagKey : key;
    }

    /// <summary>Attributes in the names of desktops, where nothing else says the same.</summary>
    private void AddDesktop(RevisionState state)
    {
        if (!given.Contains(TagKey) && Text("user.xdg.tags") is { } tags)
        {
            foreach (var tag in tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) Add(TagKey, tag, null, hasWords: true);
        }
        if (!given.Contains(CommentKey) && Text("user.xdg.comment") is { } comment) Add(CommentKey, comment, null, hasWords: true);
        if (!given.Contains(RatingKey) && double.TryParse(Text("user.baloo.rating"), NumberStyles.None, CultureInfo.InvariantCulture, out var stars))
            Add(RatingKey, null, stars / HalfStars, hasWords: false);

        string? Text(string name) => state.Xattrs.TryGetValue(new ByteString(Encoding.UTF8.GetBytes(name)), out var value) ? Encoding.UTF8.GetString(value.Span) : null;
    }

    private void Add(string key, AnnotationValue value, int depth)
    {
        switch (value)
        {
            case AnnotationValue.Text text:
                Add(key, text.Value, null, hasWords: true);
                break;
            case AnnotationValue.Number number:
                Add(key, null, number.Value, hasWords: false);
                break;
            case AnnotationValue.Boolean flag:
                Add(key, flag.Value ? "true" : "false", flag.Value ? 1 : 0, hasWords: false);
                break;
            case AnnotationValue.Time time:
                Add(key, null, time.Value, hasWords: false);
                break;
            case AnnotationValue.TextSet set:
                foreach (var each in set.Texts) Add(key, each, null, hasWords: true);
                break;
            case AnnotationValue.Link link:
                Add(key, Convert.ToHexStringLower(link.Target.Span), null, hasWords: false);
                break;
            case AnnotationValue.List list when depth < Model.ModelLimits.AnnotationDepth:
                foreach (var each in list.Values) Add(key, each, depth + 1);
                break;
            case AnnotationValue.Map map when depth < Model.ModelLimits.AnnotationDepth:
                foreach (var (name, each) in map.Fields) Add($"{key}.{Key(name)}", each, depth + 1);
                break;
        }
    }

    private void Add(string key, string? text, double? number, bool hasWords)
    {
        if (fields.Count >= SearchLimits.Values || key.Length > SearchLimits.ValueLetters || number is { } value && !double.IsFinite(value)) return;
        var plain = text ?? number?.ToString("R", CultureInfo.InvariantCulture) ?? "";
        if (hasWords && words.Length < SearchLimits.WordLetters)
        {
            var room = Math.Min(plain.Length, SearchLimits.WordLetters - words.Length);
            words.Append(words.Length == 0 ? "" : "\n").Append(plain.AsSpan(0, room));
        }
        var folded = Folding.Fold(plain.Length > SearchLimits.ValueLetters ? plain[..SearchLimits.ValueLetters] : plain).Trim();
        fields.TryAdd((key, folded), new DocumentField(key, folded, number ?? (double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) && double.IsFinite(read) ? read : null)));
    }
}
