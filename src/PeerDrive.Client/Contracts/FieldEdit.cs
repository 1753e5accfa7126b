namespace PeerDrive.Client.Contracts;

/// <summary>A value for a field.</summary>
/// <param name="Value">As people write it: a set with commas, a list or a map in JSON.</param>
public sealed record FieldEdit(string Name, string Value)
{
    /// <summary>text, number, boolean, time, set, link, list or map; null: the type that the field is known to have, else text.</summary>
    public string? Type { get; init; }
}
