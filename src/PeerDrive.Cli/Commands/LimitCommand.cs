using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Limits how fast the node sends and receives, at all or with one peer, always or by time of day.</summary>
internal static class LimitCommand
{
    private static readonly Argument<string?> Peer = new("PEER") { Description = "One device; else all together", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<long?> Up = ByteRate.Option("--up", "Send at most this much; none: no limit");
    private static readonly Option<long?> Down = ByteRate.Option("--down", "Receive at most this much; none: no limit");
    private static readonly Option<string?> From = new("--from") { Description = "Only from this time of day on", HelpName = "HH:MM" };
    private static readonly Option<string?> To = new("--to") { Description = "Only until this time of day; may lie past midnight", HelpName = "HH:MM" };
    private static readonly Option<string?> Days = new("--days") { Description = "Only on these days of the week", HelpName = "mon-fri" };
    private static readonly Option<bool> Clear = new("--clear") { Description = "Remove all limits, or those of PEER" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "limit", "Limit how fast the node sends and receives, or show the limits and the present rate", RunAsync,
            "peerdrive limit", "peerdrive limit --up 2MB/s --down 10MB/s", "peerdrive limit --up 500kB/s --from 08:00 --to 18:00 --days mon-fri",
            "peerdrive limit laptop --up 20Mbit/s", "peerdrive limit --clear");
        command.Add(Peer);
        command.Add(Up);
        command.Add(Down);
        command.Add(From);
        command.Add(To);
        command.Add(Days);
        command.Add(Clear);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        var request = new LimitRequest(call.Get(Peer), call.Get(Up), call.Get(Down), call.Get(From), call.Get(To), call.Get(Days));
        var says = request.Up is not null || request.Down is not null;
        LimitsStatus limits;
        if (call.Get(Clear))
        {
            if (says || HasTime(request)) throw new UsageException("--clear removes limits and takes only PEER with it; write: peerdrive limit --clear, or peerdrive limit PEER --clear.");
            limits = await client.ClearLimitsAsync(request.Peer, cancellation).ConfigureAwait(false);
        }
        else if (says || HasTime(request))
        {
            if (!says) throw new UsageException("a limit says how fast: add --up RATE or --down RATE, as in --up 2MB/s.");
            limits = await client.LimitAsync(request, cancellation).ConfigureAwait(false);
        }
        else
        {
            limits = await client.LimitsAsync(cancellation).ConfigureAwait(false);
            if (request.Peer is { } peer) limits = Only(limits, peer);
        }
        return call.Answer(limits, _ => Tell(call.Output, limits));
    }

    private static bool HasTime(LimitRequest request) => request.From is not null || request.To is not null || request.Days is not null;

    private static LimitsStatus Only(LimitsStatus limits, string peer)
    {
        return limits with { Limits = [.. limits.Limits.Where(limit => IsIt(limit.PeerName, limit.Peer))], Peers = [.. limits.Peers.Where(rate => IsIt(rate.PeerName, rate.Peer))] };

        bool IsIt(string? name, string? id) => name == peer || (id is not null && peer.Length >= 4 && id.StartsWith(peer, StringComparison.OrdinalIgnoreCase));
    }

    private static void Tell(TextWriter output, LimitsStatus limits)
    {
        if (limits.Limits.Count == 0) output.WriteLine("No limits.");
        var rules = new TextTable("LIMIT OF", ">UP", ">DOWN", "TIME", "NOW");
        foreach (var limit in limits.Limits)
            rules.Add(Name(limit.PeerName, limit.Peer), Rate(limit.Up), Rate(limit.Down), Time(limit), limit.IsActive ? "holds" : "");
        rules.WriteTo(output);
        output.WriteLine();
        var rates = new TextTable("NOW", ">UP", ">LIMIT", ">DOWN", ">LIMIT");
        foreach (var rate in limits.Peers.Prepend(limits.Total))
            rates.Add(Name(rate.PeerName, rate.Peer), Now(rate.UpPerSecond), ByteRate.Show(rate.Up), Now(rate.DownPerSecond), ByteRate.Show(rate.Down));
        rates.WriteTo(output);
    }

    private static string Name(string? name, string? id) => name ?? (id is null ? "all" : ShortId.Device(id));

    private static string Rate(long? rate) => rate is { } set ? ByteRate.Show(set) : "";

    private static string Now(long rate) => rate == 0 ? "0" : ByteRate.Show(rate);

    private static string Time(LimitStatus limit)
    {
        var hours = limit.From is null ? "" : $"{limit.From}-{limit.To}";
        return limit.Days is null && hours.Length == 0 ? "always" : $"{limit.Days} {hours}".Trim();
    }
}
