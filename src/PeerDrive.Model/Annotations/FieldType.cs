namespace PeerDrive.Model.Annotations;

/// <summary>What kind of value a field has, by the names that people write.</summary>
public enum FieldType
{
    Text,
    Number,
    Boolean,
    Time,

    /// <summary>A set of texts.</summary>
    Set,

    /// <summary>A document or a revision.</summary>
    Link,
    List,
    Map,
}
