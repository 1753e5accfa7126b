namespace PeerDrive.Posix.Conformance;

/// <summary>A test, or all of a suite, that acts as several users; skipped for others than root.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class NeedsRootAttribute : Attribute;
