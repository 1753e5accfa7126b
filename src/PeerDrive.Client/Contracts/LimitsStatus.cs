namespace PeerDrive.Client.Contracts;

/// <summary>All limits, and what the exchange takes now.</summary>
public sealed record LimitsStatus(IReadOnlyList<LimitStatus> Limits, RateStatus Total, IReadOnlyList<RateStatus> Peers);
