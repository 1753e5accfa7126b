namespace PeerDrive.Model.Patterns;

/// <summary>One step of a pattern.</summary>
/// <param name="Byte">Of a literal.</param>
/// <param name="Set">256 bits of a class.</param>
internal readonly record struct PatternToken(PatternTokenKind Kind, byte Byte = 0, byte[]? Set = null);
