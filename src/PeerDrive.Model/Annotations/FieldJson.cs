using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Annotations;

/// <summary>Values as JSON: what has no JSON type of its own (times, links) is a string, a set is an array.</summary>
public static class FieldJson
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = ModelLimits.AnnotationDepth };

    public static string Show(AnnotationValue value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Writing)) Write(writer, value);
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public static void Write(Utf8JsonWriter writer, AnnotationValue value)
    {
        switch (value)
        {
            case AnnotationValue.Number { Value: var number } when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case AnnotationValue.Boolean boolean:
                writer.WriteBooleanValue(boolean.Value);
                break;
            case AnnotationValue.TextSet set:
                writer.WriteStartArray();
                foreach (var text in set.Texts.Order(StringComparer.Ordinal)) writer.WriteStringValue(text);
                writer.WriteEndArray();
                break;
            case AnnotationValue.List list:
                writer.WriteStartArray();
                foreach (var item in list.Values) Write(writer, item);
                writer.WriteEndArray();
                break;
            case AnnotationValue.Map map:
                writer.WriteStartObject();
                foreach (var (name, field) in map.Fields)
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(FieldText.Show(value));
                break;
        }
    }

    /// <summary>What a JSON text is; null when it is no JSON, nested too deep, or has a null or a name twice.</summary>
    public static AnnotationValue? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Reading);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AnnotationValue? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: return new AnnotationValue.Text(element.GetString()!);
            case JsonValueKind.Number: return element.TryGetDouble(out var number) && double.IsFinite(number) ? new AnnotationValue.Number(number) : null;
            case JsonValueKind.True or JsonValueKind.False: return new AnnotationValue.Boolean(element.GetBoolean());
            case JsonValueKind.Array:
                var items = ImmutableArray.CreateBuilder<AnnotationValue>();
                foreach (var item in element.EnumerateArray())
                {
                    if (Read(item) is not { } read) return null;
                    items.Add(read);
                }
                return new AnnotationValue.List(items.ToImmutable());
            case JsonValueKind.Object:
                var fields = RevisionState.NoAnnotations.ToBuilder();
                foreach (var property in element.EnumerateObject())
                {
                    if (Read(property.Value) is not { } read || fields.ContainsKey(property.Name)) return null;
                    fields.Add(property.Name, read);
                }
                return new AnnotationValue.Map(fields.ToImmutable());
            default: return null;
        }
    }
}
