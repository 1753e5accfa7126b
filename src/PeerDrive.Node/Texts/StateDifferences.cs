using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Texts;

/// <summary>What differs between two states, field by field, in words.</summary>
internal static class StateDifferences
{
    /// <param name="before">Null: there was nothing.</param>
    public static IReadOnlyList<FieldDifference> Of(RevisionState? before, RevisionState after)
    {
        var old = before is null ? [] : Fields(before);
        var now = Fields(after);
        return
        [
            .. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
                .Select(field => new FieldDifference(field, old.GetValueOrDefault(field, ""), now.GetValueOrDefault(field, "")))
                .Where(difference => difference.Before != difference.After),
        ];
    }

    private static Dictionary<string, string> Fields(RevisionState state)
    {
        var fields = new Dictionary<string, string>
        {
            ["kind"] = EntryViews.KindText(state.Kind),
            ["mode"] = EntryViews.ModeText(state.Mode),
            ["modified"] = EntryViews.Time(state.Mtime).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["owner"] = OwnerText(state.Owner),
            ["group"] = OwnerText(state.Group),
        };
        if (state.Kind == DocumentKind.File)
        {
            fields["size"] = state.Content.Size.ToString(System.Globalization.CultureInfo.InvariantCulture);
            fields["content"] = state.Content.IsEmpty ? "" : state.Content.Root.ToHex();
        }
        if (state.MediaType.Length > 0) fields["media type"] = state.MediaType;
        if (!state.Target.IsEmpty) fields["target"] = state.Target.ToString();
        foreach (var (name, value) in state.Xattrs) fields[$"xattr {name}"] = value.ToString();
        foreach (var (name, value) in state.Annotations) fields[$"annotation {name}"] = AnnotationText(value);
        return fields;
    }

    private static string OwnerText(Owner owner) => owner.Name.Length > 0 ? $"{owner.Name} ({owner.Number})" : $"{owner.Number}";

    private static string AnnotationText(AnnotationValue value) => value switch
    {
        AnnotationValue.Text text => text.Value,
        AnnotationValue.TextSet set => string.Join(", ", set.Texts),
        AnnotationValue.Time time => EntryViews.Time(time.Value).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        AnnotationValue.List list => $"[{string.Join(", ", list.Values.Select(AnnotationText))}]",
        AnnotationValue.Map map => $"{{{string.Join(", ", map.Fields.Select(field => $"{field.Key}: {AnnotationText(field.Value)}"))}}}",
        AnnotationValue.Link link => Convert.ToHexStringLower(link.Target.Span),
        AnnotationValue.Number number => number.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        AnnotationValue.Boolean flag => flag.Value ? "true" : "false",
        _ => "",
    };
}
