using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Node.Limits;

/// <summary>
/// Which limits hold at a time: of those that speak of a direction, one with a time goes before one without, and a later one before an earlier.
/// </summary>
internal static class LimitSchedule
{
    public static RateTable At(IReadOnlyList<LimitRule> rules, DateTime local)
    {
        var devices = rules.Select(rule => rule.Peer).Distinct().Where(peer => peer is not null);
        var peers = new Dictionary<DeviceId, DirectionRates>();
        foreach (var hex in devices)
        {
            if (Id.TryParse<DeviceId>(hex!, out var device)) peers[device] = RatesOf(rules, hex, local);
        }
        return new RateTable(RatesOf(rules, null, local), peers);
    }

    public static bool IsActive(LimitRule rule, DateTime local) => Span(rule).Contains(local);

    /// <summary>Adds a rule; one for the same device and time is replaced where the new one says something.</summary>
    public static IReadOnlyList<LimitRule> With(IReadOnlyList<LimitRule> rules, LimitRule added)
    {
        var same = rules.FirstOrDefault(rule => IsSame(rule, added));
        var merged = added with { Up = added.Up ?? same?.Up, Down = added.Down ?? same?.Down };
        return [.. rules.Where(rule => rule != same), merged];
    }

    public static LimitSpan Span(LimitRule rule) => LimitSpan.Parse(rule.From, rule.To, rule.Days);

    private static bool IsSame(LimitRule one, LimitRule other) =>
        one.Peer == other.Peer && one.From == other.From && one.To == other.To && one.Days == other.Days;

    private static DirectionRates RatesOf(IReadOnlyList<LimitRule> rules, string? peer, DateTime local)
    {
        var active = rules.Where(rule => rule.Peer == peer && IsActive(rule, local)).OrderBy(rule => !Span(rule).IsAlways).ToList();
        return new DirectionRates(active.LastOrDefault(rule => rule.Up is not null)?.Up ?? 0, active.LastOrDefault(rule => rule.Down is not null)?.Down ?? 0);
    }
}
