namespace PeerDrive.Extraction;

/// <summary>A field that was read out of a file.</summary>
/// <param name="Type">text, number, time or set.</param>
/// <param name="Value">As people write it: numbers and times (ISO 8601, UTC) in the invariant form, a set with commas.</param>
public sealed record FoundField(string Name, string Type, string Value);
