using System.Globalization;
using System.Text;

namespace PeerDrive.Extraction;

/// <summary>Takes in what an extractor finds, up to the caps.</summary>
public sealed class FoundSink(string format)
{
    private readonly List<FoundField> fields = [];
    private readonly StringBuilder text = new();

    /// <summary>Of the file; an extractor that looks closer may say better.</summary>
    public string Format { get; set; } = format;

    /// <summary>No more text is taken.</summary>
    public bool IsFull => text.Length >= ExtractionLimits.TextLength;

    public void Add(string name, string? value)
    {
        if (Clean(value) is { Length: > 0 } clean) Put(name, "text", clean);
    }

    public void Add(string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) Put(name, "number", number.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <param name="value">Null, or before or after all that a file can be of: nothing is added.</param>
    public void Add(string name, DateTimeOffset? value)
    {
        if (value is { Year: > 1700 and < 2200 } time) Put(name, "time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    public void AddSet(string name, IEnumerable<string?> values)
    {
        var texts = values.Select(Clean).Select(value => value?.Replace(',', ' ')).Where(value => !string.IsNullOrWhiteSpace(value)).Distinct().Take(ExtractionLimits.SetTexts).ToList();
        if (texts.Count > 0) Put(name, "set", string.Join(',', texts));
    }

    public void AddText(ReadOnlySpan<char> more)
    {
        var room = ExtractionLimits.TextLength - text.Length;
        if (room > 0) text.Append(more[..Math.Min(room, more.Length)]);
    }

    public Found ToFound(string? problem = null) => new(Format, fields, WithoutHalves(text.ToString()), problem);

    private static string? Clean(string? value)
    {
        if (value is null) return null;
        var clean = value.Length > ExtractionLimits.ValueLength ? value[..ExtractionLimits.ValueLength] : value;
        return WithoutHalves(new string([.. clean.Select(c => char.IsControl(c) ? ' ' : c)]).Trim());
    }

    /// <summary>Half of a pair of surrogates is no character, and no UTF-8.</summary>
    private static string WithoutHalves(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Encoding.UTF8.GetString(bytes);
    }

    private void Put(string name, string type, string value)
    {
        if (fields.Count < ExtractionLimits.Fields && fields.TrueForAll(field => field.Name != name)) fields.Add(new FoundField(name, type, value));
    }
}
