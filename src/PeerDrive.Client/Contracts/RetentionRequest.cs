namespace PeerDrive.Client.Contracts;

/// <summary>Says which old versions this device is to keep.</summary>
/// <param name="Rule">The whole rule, as <see cref="RetentionStatus.Rule"/> has it.</param>
public sealed record RetentionRequest(string Rule);
