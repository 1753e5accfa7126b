using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Limits;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Node.Views;

/// <summary>Limits as the API shows them.</summary>
internal static class LimitViews
{
    public static LimitsStatus Of(NodeCore core)
    {
        var peers = core.Sync.Peers();
        var local = core.Limits.LocalNow;
        var table = core.Rates.Table;
        return new LimitsStatus(
            [.. core.Limits.Rules.Select(rule => new LimitStatus(
                rule.Peer is null ? null : Text(rule.Peer), rule.Peer is null ? null : NameOf(peers, rule.Peer), rule.Up, rule.Down, rule.From, rule.To, rule.Days, LimitSchedule.IsActive(rule, local)))],
            new RateStatus(null, null, table.Total.Up, table.Total.Down, core.Rates.Sent.PerSecond, core.Rates.Received.PerSecond),
            [.. peers.Where(peer => peer.IsOnline).Select(peer =>
            {
                var rates = table.Peers.GetValueOrDefault(peer.Device);
                var (sent, received) = core.Rates.Now(peer.Device);
                return new RateStatus(DeviceIdText.Format(peer.Device), peer.Name, rates.Up, rates.Down, sent, received);
            })]);
    }

    /// <summary>The device with a name, an id or the beginning of an id of at least four characters.</summary>
    /// <exception cref="PeerDriveException">NotFound, or Conflict: several.</exception>
    public static DeviceId RequirePeer(NodeCore core, string text)
    {
        if (DeviceIdText.TryParse(text, out var device)) return device;
        var all = core.Sync.Peers();
        var found = all.Where(peer => peer.Name == text).ToList();
        if (found.Count == 0 && text.Length >= 4)
            found = [.. all.Where(peer => DeviceIdText.Format(peer.Device).StartsWith(text, StringComparison.OrdinalIgnoreCase) || peer.Device.ToHex().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0].Device,
            0 => throw new PeerDriveException(ErrorKind.NotFound, all.Count == 0 ? $"'{text}' is no peer; there are none yet." : $"'{text}' is no peer; there are: {string.Join(", ", all.Take(20).Select(peer => peer.Name))}."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"'{text}' may be several devices: {string.Join(", ", found.Select(peer => DeviceIdText.Format(peer.Device)))}. Use an id."),
        };
    }

    private static string Text(string hex) => Id.TryParse<DeviceId>(hex, out var device) ? DeviceIdText.Format(device) : hex;

    private static string? NameOf(IReadOnlyList<PeerState> peers, string hex) => peers.FirstOrDefault(peer => peer.Device.ToHex() == hex)?.Name;
}
