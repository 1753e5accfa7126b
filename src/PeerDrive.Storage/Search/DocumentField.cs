namespace PeerDrive.Storage.Search;

/// <summary>A value of a field that is looked for: a text, a number, or both.</summary>
/// <param name="Key">Small letters; <c>tag</c> for tags.</param>
public sealed record DocumentField(string Key, string? Text, double? Number);
