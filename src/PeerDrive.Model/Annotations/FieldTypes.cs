using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Annotations;

/// <summary>Names of types, and the type of a value.</summary>
public static class FieldTypes
{
    public static FieldType Of(AnnotationValue value) => value switch
    {
        AnnotationValue.Text => FieldType.Text,
        AnnotationValue.Number => FieldType.Number,
        AnnotationValue.Boolean => FieldType.Boolean,
        AnnotationValue.Time => FieldType.Time,
        AnnotationValue.TextSet => FieldType.Set,
        AnnotationValue.Link => FieldType.Link,
        AnnotationValue.List => FieldType.List,
        AnnotationValue.Map => FieldType.Map,
        _ => throw new PeerDriveException(ErrorKind.Internal, $"No type for {value.GetType().Name}."),
    };

    /// <summary>As people write it: text, number, boolean, time, set, link, list, map.</summary>
    public static string NameOf(FieldType type) => type switch
    {
        FieldType.Text => "text",
        FieldType.Number => "number",
        FieldType.Boolean => "boolean",
        FieldType.Time => "time",
        FieldType.Set => "set",
        FieldType.Link => "link",
        FieldType.List => "list",
        _ => "map",
    };

    /// <exception cref="PeerDriveException">Invalid: no type has this name.</exception>
    public static FieldType Require(string name)
    {
        foreach (var type in Enum.GetValues<FieldType>())
        {
            if (NameOf(type) == name) return type;
        }
        throw new PeerDriveException(ErrorKind.Invalid, $"'{name}' is no type of a field; the types are {string.Join(", ", Enum.GetValues<FieldType>().Select(NameOf))}.");
    }
}
