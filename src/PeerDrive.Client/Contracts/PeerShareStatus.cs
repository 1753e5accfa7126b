namespace PeerDrive.Client.Contracts;

/// <summary>A device in one volume.</summary>
/// <param name="Volume">Its id.</param>
/// <param name="Policy">full, cache or metadata, as the device says; null: it has not said.</param>
/// <param name="IsInStep">Whether it has the changes that are here and no others; null: it has not said.</param>
/// <param name="Behind">Changes that it lacks, as far as known.</param>
/// <param name="Ahead">Changes that are not here, as far as known.</param>
/// <param name="Told">When it said so; null: it has not.</param>
public sealed record PeerShareStatus(string Volume, string Name, string Role, string? Policy, bool? IsInStep, long? Behind, long? Ahead, DateTimeOffset? Told);
