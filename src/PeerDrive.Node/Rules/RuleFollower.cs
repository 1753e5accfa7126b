using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Rules;

/// <summary>Follows both volumes of a rule and brings them into step: all when it begins, then what changes. One loop.</summary>
internal sealed class RuleFollower : IAsyncDisposable
{
    /// <summary>What follows within this time is brought together.</summary>
    private static readonly TimeSpan Joined = TimeSpan.FromMilliseconds(200);

    /// <summary>After a failure of the whole, and until contents that were nowhere are asked for again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly RuleState state;
    private readonly Func<KeptRule, RuleScope?, CancellationToken, Task> pass;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly ChangeSubscription there, here;
    private Task loop = Task.CompletedTask;

    public RuleFollower(KeptRule rule, Volume source, Volume target, RuleState state, Func<KeptRule, RuleScope?, CancellationToken, Task> pass, TimeProvider time, ILogger log)
    {
        (Rule, Source, Target, this.state, this.pass, this.time, this.log) = (rule, source, target, state, pass, time, log);
        (there, here) = (source.Subscribe(), target.Subscribe());
    }

    public KeptRule Rule { get; }

    public Volume Source { get; }

    public Volume Target { get; }

    public void Start() => loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        there.Dispose();
        here.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        // Not on the thread of who made the rule.
        await Task.Yield();
        Task? waitThere = null, waitHere = null;
        var isAll = true;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (isAll) await pass(Rule, null, stop.Token).ConfigureAwait(false);
                isAll = false;
                waitThere ??= there.WaitForCalmAsync(time, stop.Token).AsTask();
                waitHere ??= here.WaitForCalmAsync(time, stop.Token).AsTask();
                using (var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token))
                {
                    var again = state.AwaitsContents ? Task.Delay(Pause, time, end.Token) : Task.Delay(Timeout.InfiniteTimeSpan, time, end.Token);
                    await Task.WhenAny(waitThere, waitHere, again).ConfigureAwait(false);
                    await end.CancelAsync().ConfigureAwait(false);
                }
                await Task.Delay(Joined, time, stop.Token).ConfigureAwait(false);
                if (waitThere.IsCompleted) waitThere = null;
                if (waitHere.IsCompleted) waitHere = null;
                VolumeChange changeThere = there.Take(), changeHere = here.Take();
                isAll = changeThere.IsOverflow || changeHere.IsOverflow;
                if (isAll) continue;
                HashSet<EntryId> sources = [.. Entries(Source, changeThere), .. state.Waiting(Source)], targets = [.. Entries(Target, changeHere), .. state.Waiting(Target)];
                if (sources.Count + targets.Count > 0) await pass(Rule, new RuleScope(sources, targets), stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A right that is lacking, a full disk, a volume that ends, or a fault of the program: all is looked at again, and nobody has to wait for it.
                log.RuleFailed(e is PeerDriveException ? null : e, Source.Name, Target.Name, e.Message);
                isAll = true;
                try
                {
                    await Task.Delay(Pause, time, stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private static IEnumerable<EntryId> Entries(Volume volume, VolumeChange change) =>
        change.Entries.Concat(change.Documents.SelectMany(document => volume.Reader.PlacesOf(document)).Select(entry => entry.Id));
}
