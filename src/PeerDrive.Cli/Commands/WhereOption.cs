using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lets a command that changes annotations change all that a query finds.</summary>
internal static class WhereOption
{
    private const int Told = 20;

    private static readonly Option<string?> Where = new("--where", "-w") { Description = "All that this query finds, as for `peerdrive find`; one that begins with a dash is written --where=-tag:done", HelpName = "QUERY" };
    private static readonly Option<string[]> Volumes = new("--volume") { Description = "With --where: only in this volume (repeatable; else in all)", HelpName = "VOLUME", DefaultValueFactory = _ => [] };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "With --where: only say what would be changed" };

    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { Where, Volumes, DryRun }) command.Add(option);
    }

    /// <summary>A place that is named unless --where is.</summary>
    public static Argument<VolumePath?> OptionalPlace(string description) => new("VOLUME:/path")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (VolumePath.Parse(result.Tokens[0].Value) is { Path: not "/" } place) return place;
            result.AddError(VolumePath.Fault(result.Tokens[0].Value));
            return null;
        },
    };

    /// <param name="namesPlaces">Places are named, too.</param>
    /// <exception cref="UsageException">Both, or options that go with --where only.</exception>
    public static bool IsUsed(Call call, bool namesPlaces)
    {
        if (call.Get(Where) is null)
        {
            if (call.Get(DryRun) || call.Get(Volumes).Length > 0) throw new UsageException("--dry-run and --volume go with --where QUERY.");
            return false;
        }
        if (namesPlaces) throw new UsageException("Name either places or --where QUERY; --volume VOLUME and in:/folder say where to look.");
        return true;
    }

    public static async Task<int> RunAsync(Call call, Func<AnnotateRequest, AnnotateRequest> change, CancellationToken cancellation)
    {
        var request = new BulkAnnotateRequest(call.Get(Where)!, call.Get(Volumes), change(new AnnotateRequest([])), call.Get(DryRun));
        var changing = call.Connect(Timeout.InfiniteTimeSpan).AnnotateMatchesAsync(request, cancellation);
        var status = await new JobProgress(call, call.Connect()).WhileAsync(changing, job => job.Kind == "annotate", cancellation).ConfigureAwait(false);
        return call.Answer(status, _ => Tell(call, status));
    }

    private static void Tell(Call call, BulkAnnotateStatus status)
    {
        var shown = status.Places.Take(status.IsDryRun ? status.Places.Count : Told).ToList();
        foreach (var place in shown) call.Output.WriteLine(place);
        if (status.Changed > shown.Count) call.Output.WriteLine($"… and {JobText.Count(status.Changed - shown.Count)} more");
        foreach (var refusal in status.Refused) call.Terminal.Error.WriteLine(refusal);
        if (status.RefusedCount > status.Refused.Count) call.Terminal.Error.WriteLine($"… and {JobText.Count(status.RefusedCount - status.Refused.Count)} more");
        var refused = status.RefusedCount == 0 ? "" : $", {JobText.Count(status.RefusedCount)} cannot be";
        call.Output.WriteLine(status.Matches == 0 ? "Nothing matches."
            : status.IsDryRun ? $"Nothing was done. Of {JobText.Count(status.Matches)} that match, {JobText.Count(status.Changed)} would be changed, {JobText.Count(status.Unchanged)} are so already{refused}."
            : $"Of {JobText.Count(status.Matches)} that match, {JobText.Count(status.Changed)} {(status.Changed == 1 ? "was" : "were")} changed, {JobText.Count(status.Unchanged)} {(status.Unchanged == 1 ? "is" : "are")} so already{refused}.");
        if (status.IsPartial) call.Output.WriteLine("The index is being made; some matches may be missing ('peerdrive jobs').");
    }
}
