using System.Text.Json;

namespace PeerDrive.Client.Contracts;

/// <summary>A field of a document.</summary>
/// <param name="Type">text, number, boolean, time, set, link, list or map.</param>
/// <param name="Text">The value as people write it.</param>
/// <param name="Value">The value in JSON: a set is an array of strings; a time and a link are strings.</param>
/// <param name="Source">annotation: somebody set it; content: it was read out of the file on this device.</param>
public sealed record FieldStatus(string Name, string Type, string Text, JsonElement Value, string Source);
