namespace PeerDrive.Extraction;

/// <summary>What a worker answers of one file.</summary>
/// <param name="Format">Such as jpeg, pdf or mail.</param>
/// <param name="Text">The words in it; empty when there are none.</param>
/// <param name="Problem">Why it could not be read; null when it could.</param>
public sealed record Found(string Format, IReadOnlyList<FoundField> Fields, string Text, string? Problem);
