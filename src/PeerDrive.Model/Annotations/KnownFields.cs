using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Annotations;

/// <summary>Fields that every device knows, what their values may be, and what a field may be called.</summary>
public static class KnownFields
{
    public const string Tags = "tags", Rating = "rating", Comment = "comment", Title = "title";

    /// <summary>Half stars: a whole number from 0 to this, as desktops keep it.</summary>
    public const int MaxRating = 10;

    private static readonly (string Name, FieldType Type)[] Table =
    [
        (Tags, FieldType.Set), (Rating, FieldType.Number), (Comment, FieldType.Text), (Title, FieldType.Text),
        ("author", FieldType.Text), ("date", FieldType.Time), ("due", FieldType.Time), ("language", FieldType.Text), ("people", FieldType.Set), ("place", FieldType.Text),
        ("project", FieldType.Text), ("source", FieldType.Text), ("subject", FieldType.Text),
    ];

    /// <summary>Names and types, those first that all programs know.</summary>
    public static IReadOnlyList<(string Name, FieldType Type)> All => Table;

    /// <summary>Null: it is not among them.</summary>
    public static FieldType? TypeOf(string name)
    {
        foreach (var field in Table)
        {
            if (field.Name == name) return field.Type;
        }
        return null;
    }

    /// <exception cref="PeerDriveException">Invalid: a field cannot be called so.</exception>
    public static void RequireName(string name)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(name);
        if (length is 0 or > ModelLimits.FieldNameBytes || name.Trim() != name || name[0] is '-' or '+' || name.Any(c => char.IsControl(c) || c is '=' or ',' or '/' or ':'))
        {
            throw new PeerDriveException(
                ErrorKind.Invalid,
                $"'{EntryName.Display(System.Text.Encoding.UTF8.GetBytes(name))}' is no name for a field: 1 to {ModelLimits.FieldNameBytes} bytes without '=', ',', '/', ':' and control characters, with no sign or blank first and no blank last.");
        }
    }

    /// <summary>What is wrong with a value of a field, as the end of a sentence; null: nothing.</summary>
    public static string? Fault(string name, AnnotationValue value) => (name, value) switch
    {
        (Rating, AnnotationValue.Number { Value: var stars }) when stars != Math.Floor(stars) || stars is < 0 or > MaxRating => $"a rating is a whole number of half stars, from 0 to {MaxRating}",
        (_, AnnotationValue.TextSet { Texts: var texts }) when texts.Count > ModelLimits.SetTexts => $"a set has at most {ModelLimits.SetTexts} texts",
        (_, AnnotationValue.TextSet { Texts: var texts }) when texts.Any(text => !IsTag(text)) => "a text in a set has 1 to 255 bytes, without commas and control characters and without blanks around it",
        (_, var any) when System.Text.Encoding.UTF8.GetByteCount(FieldText.Show(any)) > ModelLimits.FieldBytes => $"a value takes at most {ModelLimits.FieldBytes} bytes",
        (_, var any) when FieldText.Show(any).Contains('\0', StringComparison.Ordinal) => "a value has no NUL in it",
        _ => null,
    };

    private static bool IsTag(string text) =>
        text.Length > 0 && text.Trim() == text && System.Text.Encoding.UTF8.GetByteCount(text) <= ModelLimits.NameBytes && !text.Any(c => char.IsControl(c) || c == ',');
}
