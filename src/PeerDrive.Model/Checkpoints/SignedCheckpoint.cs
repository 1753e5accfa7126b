namespace PeerDrive.Model.Checkpoints;

/// <summary>A checkpoint's header as it is sent and kept: never encoded again.</summary>
public sealed record SignedCheckpoint(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Signature);
