using System.Collections.Immutable;
using System.Globalization;
using System.Text.Unicode;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Annotations;

/// <summary>
/// Annotations as the extended attributes that desktops know, and back: <c>user.xdg.tags</c>, <c>user.xdg.comment</c>, <c>user.baloo.rating</c>, and
/// <c>user.peerdrive.FIELD</c> for any other field. An attribute that is no such value stays what it is, so that nothing is lost.
/// </summary>
public static class DesktopAttributes
{
    private const string Own = "user.peerdrive.";

    private static readonly (string Field, ByteString Name)[] Known =
    [
        (KnownFields.Tags, new ByteString("user.xdg.tags"u8)), (KnownFields.Comment, new ByteString("user.xdg.comment"u8)), (KnownFields.Rating, new ByteString("user.baloo.rating"u8)),
    ];

    /// <summary>Whether desktops keep the field under a name of their own, and so always with the type that it has there.</summary>
    public static bool IsOfDesktops(string field) => Known.Any(known => known.Field == field);

    /// <summary>The attribute of a field; null when no attribute can be called so.</summary>
    public static ByteString? NameOf(string field)
    {
        foreach (var known in Known)
        {
            if (known.Field == field) return known.Name;
        }
        var bytes = System.Text.Encoding.UTF8.GetBytes(Own + field);
        return field.Length > 0 && bytes.Length <= ModelLimits.NameBytes && !field.Contains('\0', StringComparison.Ordinal) ? new ByteString(bytes) : null;
    }

    /// <summary>The field of an attribute; null: it is none. The comment under our own name is the revision's, and no field.</summary>
    public static string? FieldOf(ByteString name)
    {
        foreach (var known in Known)
        {
            if (known.Name == name) return known.Field;
        }
        if (!name.Span.StartsWith("user.peerdrive."u8) || !Utf8.IsValid(name.Span)) return null;
        var field = System.Text.Encoding.UTF8.GetString(name.Span[Own.Length..]);
        return field.Length == 0 || IsOfDesktops(field) ? null : field;
    }

    /// <summary>All extended attributes of a state as programs see them: plain ones, and those of its annotations.</summary>
    public static ImmutableSortedDictionary<ByteString, ByteString> Shown(RevisionState state)
    {
        if (state.Annotations.IsEmpty) return state.Xattrs;
        var shown = state.Xattrs.ToBuilder();
        foreach (var (field, value) in state.Annotations)
        {
            if (NameOf(field) is { } name && ValueOf(field, value) is { } bytes) shown[name] = bytes;
        }
        return shown.ToImmutable();
    }

    /// <summary>
    /// All fields of a state: its annotations, and for those that it lacks what its plain attributes say, as revisions of earlier versions have them.
    /// </summary>
    public static ImmutableSortedDictionary<string, AnnotationValue> Fields(RevisionState state)
    {
        if (state.Xattrs.IsEmpty) return state.Annotations;
        var fields = state.Annotations.ToBuilder();
        foreach (var (name, value) in state.Xattrs)
        {
            if (FieldOf(name) is { } field && !fields.ContainsKey(field) && Read(field, value, null) is { } read) fields[field] = read;
        }
        return fields.ToImmutable();
    }

    /// <summary>A state with the attributes that a program left it with: those that are fields become annotations.</summary>
    /// <param name="shown">All attributes, as <see cref="Shown"/> gives them.</param>
    /// <param name="before">The state they were changed from: a field that was not changed keeps its value and type. Its annotations that have no attribute stay.</param>
    public static RevisionState WithShown(RevisionState state, ImmutableSortedDictionary<ByteString, ByteString> shown, RevisionState? before)
    {
        var former = before is null ? RevisionState.NoAnnotations : Fields(before);
        var plain = ImmutableSortedDictionary.CreateBuilder<ByteString, ByteString>();
        var fields = RevisionState.NoAnnotations.ToBuilder();
        foreach (var (name, value) in shown)
        {
            if (FieldOf(name) is { } field && Read(field, value, former.GetValueOrDefault(field)) is { } read) fields[field] = read;
            else plain[name] = value;
        }
        foreach (var (field, value) in former)
        {
            if (!fields.ContainsKey(field) && (NameOf(field) is not { } name || (ValueOf(field, value) is null && !shown.ContainsKey(name)))) fields[field] = value;
        }
        return state with { Xattrs = plain.ToImmutable(), Annotations = fields.ToImmutable() };
    }

    /// <summary>A state with these fields as its annotations; plain attributes of fields go, as the annotations say what they said.</summary>
    /// <param name="fields">All of them, as <see cref="Fields"/> gives them.</param>
    public static RevisionState WithFields(RevisionState state, ImmutableSortedDictionary<string, AnnotationValue> fields)
    {
        var former = Fields(state);
        return state with
        {
            // What could not be read as a value of its field stays, until the field gets one.
            Xattrs = state.Xattrs.RemoveRange(state.Xattrs.Keys.Where(name => FieldOf(name) is { } field && (fields.ContainsKey(field) || former.ContainsKey(field)))),
            Annotations = fields.WithComparers(StringComparer.Ordinal),
        };
    }

    /// <summary>The bytes of a field's attribute; null when no attribute can say that.</summary>
    private static ByteString? ValueOf(string field, AnnotationValue value)
    {
        var type = KnownFields.TypeOf(field);
        if (IsOfDesktops(field) && FieldTypes.Of(value) != type) return null;
        if (KnownFields.Fault(field, value) is not null) return null;
        var text = FieldText.Show(value);
        return text.Length == 0 && field is KnownFields.Tags or KnownFields.Comment ? null : new ByteString(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <param name="former">What the field was: the same bytes are the same value, others are of its type if they can be.</param>
    private static AnnotationValue? Read(string field, ByteString bytes, AnnotationValue? former)
    {
        if (former is not null && ValueOf(field, former) == bytes) return former;
        if (bytes.Span.Length > ModelLimits.FieldBytes || !Utf8.IsValid(bytes.Span)) return null;
        var text = System.Text.Encoding.UTF8.GetString(bytes.Span);
        switch (field)
        {
            case KnownFields.Rating:
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rating) && rating <= KnownFields.MaxRating && text == FieldText.Show(new AnnotationValue.Number(rating))
                    ? new AnnotationValue.Number(rating) : null;
            case KnownFields.Tags:
                var set = new AnnotationValue.TextSet(FieldText.SplitSet(text));
                return set.Texts.IsEmpty || KnownFields.Fault(field, set) is not null ? null : set;
            default:
                if (text.Contains('\0', StringComparison.Ordinal) || (field == KnownFields.Comment && text.Length == 0)) return null;
                return OfType(field, text, former);
        }
    }

    private static AnnotationValue OfType(string field, string text, AnnotationValue? former)
    {
        if (field != KnownFields.Comment && former is not null && FieldText.Parse(FieldTypes.Of(former), text) is { } same && KnownFields.Fault(field, same) is null) return same;
        return new AnnotationValue.Text(text);
    }
}
