using System.Globalization;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Settings;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Node.Limits;

/// <summary>Keeps the limits in node.json and applies those that hold at the time, looking at the clock of this machine now and then.</summary>
internal sealed class LimitKeeper(SettingsFile settings, RateLimits limits, TimeProvider time) : IAsyncDisposable
{
    private const int MaxRules = 200;

    /// <summary>A look is cheap, and finds changes of the clock and of the zone too.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private ITimer? timer;

    public IReadOnlyList<LimitRule> Rules => settings.Current.Limits;

    public DateTime LocalNow => time.GetLocalNow().DateTime;

    /// <exception cref="PeerDriveException">Invalid: node.json has a limit that makes no sense.</exception>
    public void Start()
    {
        try
        {
            foreach (var rule in Rules) Check(rule);
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(ErrorKind.Invalid, $"A limit in node.json makes no sense: {e.Message}", e);
        }
        Apply();
        timer = time.CreateTimer(_ => Apply(), null, Pace, Pace);
    }

    /// <exception cref="PeerDriveException">Invalid, or LimitExceeded when there are too many.</exception>
    public void Add(LimitRule rule)
    {
        if (rule.Up is null && rule.Down is null) throw new PeerDriveException(ErrorKind.Invalid, "A limit says how fast: add --up RATE or --down RATE, as in --up 2MB/s.");
        Check(rule);
        var span = LimitSchedule.Span(rule);
        var normal = rule with { From = LimitSpan.Show(span.From), To = LimitSpan.Show(span.To), Days = span.Days };
        settings.Change(now =>
        {
            var rules = LimitSchedule.With(now.Limits, normal);
            return rules.Count <= MaxRules
                ? now with { Limits = rules }
                : throw new PeerDriveException(ErrorKind.LimitExceeded, $"There are {MaxRules} limits already; remove some with 'peerdrive limit --clear'.");
        });
        Apply();
    }

    /// <summary>Removes the limits of a device, or all.</summary>
    /// <param name="peer">In hexadecimal; null: all limits of all.</param>
    public void Clear(string? peer)
    {
        settings.Change(now => now.Limits.Any(rule => peer is null || rule.Peer == peer)
            ? now with { Limits = [.. now.Limits.Where(rule => peer is not null && rule.Peer != peer)] }
            : now);
        Apply();
    }

    public async ValueTask DisposeAsync()
    {
        if (timer is not null) await timer.DisposeAsync().ConfigureAwait(false);
    }

    private static void Check(LimitRule rule)
    {
        _ = LimitSchedule.Span(rule);
        foreach (var rate in new[] { rule.Up, rule.Down })
        {
            if (rate is < 0 or (> 0 and < RateLimits.LeastRate))
            {
                throw new PeerDriveException(
                    ErrorKind.Invalid,
                    string.Create(CultureInfo.InvariantCulture, $"A limit of {rate} bytes a second is too low to work with: write at least {RateLimits.LeastRate / 1000}kB/s, or none for no limit."));
            }
        }
    }

    private void Apply()
    {
        lock (gate) limits.Apply(LimitSchedule.At(Rules, LocalNow));
    }
}
