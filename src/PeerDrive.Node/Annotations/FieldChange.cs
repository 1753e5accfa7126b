using System.Collections.Immutable;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Annotations;

/// <summary>What a request does to the annotations of any one document, checked when it is made.</summary>
internal sealed class FieldChange
{
    private readonly List<(string Field, AnnotationValue Value)> set = [];
    private readonly List<(string Field, ImmutableSortedSet<string> Texts)> added = [], removed = [];
    private readonly List<string> unset = [];

    /// <param name="typeOf">The type that a field was seen to have; null: nobody has used it.</param>
    /// <exception cref="PeerDriveException">Invalid: a name, a type or a value that cannot be.</exception>
    public FieldChange(AnnotateRequest request, Func<string, FieldType?> typeOf)
    {
        foreach (var edit in request.Set)
        {
            KnownFields.RequireName(edit.Name);
            set.Add((edit.Name, ValueOf(edit, typeOf)));
        }
        foreach (var (edits, texts) in new[] { (request.Add, added), (request.Remove, removed) })
        {
            foreach (var edit in edits)
            {
                KnownFields.RequireName(edit.Name);
                if (KnownFields.TypeOf(edit.Name) is not (null or FieldType.Set)) throw new PeerDriveException(ErrorKind.Invalid, $"'{edit.Name}' is no set; give it a value instead.");
                texts.Add((edit.Name, ((AnnotationValue.TextSet)Checked(edit.Name, new AnnotationValue.TextSet(FieldText.SplitSet(edit.Value)))).Texts));
            }
        }
        foreach (var name in request.Unset)
        {
            KnownFields.RequireName(name);
            unset.Add(name);
        }
        if (set.Count + added.Count + removed.Count + unset.Count == 0) throw new PeerDriveException(ErrorKind.Invalid, "The request changes nothing: say which field to set, add to, remove from or unset.");
    }

    /// <exception cref="PeerDriveException">Invalid: texts are added to what is no set.</exception>
    public ImmutableSortedDictionary<string, AnnotationValue> ApplyTo(ImmutableSortedDictionary<string, AnnotationValue> fields)
    {
        var changed = fields.ToBuilder();
        foreach (var name in unset) changed.Remove(name);
        foreach (var (name, value) in set) changed[name] = value;
        foreach (var (name, texts) in removed)
        {
            if (TextsOf(changed, name) is { } present) Put(changed, name, present.Except(texts));
        }
        foreach (var (name, texts) in added) Put(changed, name, (TextsOf(changed, name) ?? []).WithComparer(StringComparer.Ordinal).Union(texts));
        return changed.ToImmutable();
    }

    private static void Put(ImmutableSortedDictionary<string, AnnotationValue>.Builder fields, string name, ImmutableSortedSet<string> texts)
    {
        if (texts.IsEmpty) fields.Remove(name);
        else fields[name] = Checked(name, new AnnotationValue.TextSet(texts));
    }

    private static ImmutableSortedSet<string>? TextsOf(ImmutableSortedDictionary<string, AnnotationValue>.Builder fields, string name) => fields.GetValueOrDefault(name) switch
    {
        null => null,
        AnnotationValue.TextSet set => set.Texts,
        var other => throw new PeerDriveException(ErrorKind.Invalid, $"'{name}' is a {FieldTypes.NameOf(FieldTypes.Of(other))} here and no set; give it a value instead."),
    };

    private static AnnotationValue ValueOf(FieldEdit edit, Func<string, FieldType?> typeOf)
    {
        var known = KnownFields.TypeOf(edit.Name);
        // What all programs know has one type for ever: a desktop could not show another one.
        var isFixed = DesktopAttributes.IsOfDesktops(edit.Name);
        var type = edit.Type is { } named ? FieldTypes.Require(named) : known ?? typeOf(edit.Name) ?? FieldType.Text;
        if (isFixed && type != known) throw new PeerDriveException(ErrorKind.Invalid, $"'{edit.Name}' is a {FieldTypes.NameOf(known!.Value)} for every program and cannot be a {FieldTypes.NameOf(type)}.");
        if (FieldText.Parse(type, edit.Value) is { } value) return Checked(edit.Name, value);
        var otherwise = edit.Type is null && !isFixed ? " To keep it as it is, say so: with the type 'text'." : "";
        throw new PeerDriveException(ErrorKind.Invalid, $"'{edit.Name}' is a {FieldTypes.NameOf(type)}, so '{Short(edit.Value)}' does not fit: write {FieldText.Example(type)}.{otherwise}");
    }

    private static AnnotationValue Checked(string name, AnnotationValue value) =>
        KnownFields.Fault(name, value) is { } fault ? throw new PeerDriveException(ErrorKind.Invalid, $"'{name}' cannot be '{Short(FieldText.Show(value))}': {fault}.") : value;

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
