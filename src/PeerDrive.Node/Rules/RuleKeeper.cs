using Microsoft.Extensions.Logging;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Settings;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Rules;

/// <summary>Keeps the rules in node.json and has them followed while their volumes are here. One pass of each rule at a time; those of several rules take turns (<see cref="RuleTurns"/>).</summary>
internal sealed class RuleKeeper(SettingsFile settings, VolumeTable volumes, JobBoard jobs, TimeProvider time, Random random, ILogger log) : IAsyncDisposable
{
    private const int MaxRules = 200;

    /// <summary>A rule that was made, and one whose volume was joined, is followed after this time at most.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly RuleTurns turns = new();
    private readonly SemaphoreSlim following = new(1, 1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, RuleFollower> followers = [];
    private readonly Dictionary<string, RuleState> states = [];
    private Task loop = Task.CompletedTask;

    public IReadOnlyList<KeptRule> Rules => settings.Current.Rules;

    public void Start() => loop = RunAsync();

    /// <summary>Whether a job of a rule that the node's end broke off is taken up without being told to.</summary>
    public bool TakesUp(KeptJob job) => job.Kind == "rule" && Rules.Any(rule => !rule.IsPaused && job.Again.EndsWith(rule.Id, StringComparison.Ordinal));

    public RuleState StateOf(KeptRule rule)
    {
        lock (gate)
        {
            if (!states.TryGetValue(rule.Id, out var state)) states[rule.Id] = state = new RuleState();
            return state;
        }
    }

    /// <exception cref="PeerDriveException">NotFound, or Conflict: several.</exception>
    public KeptRule Require(string id)
    {
        var found = Rules.Where(rule => id.Length > 0 && rule.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PeerDriveException(ErrorKind.NotFound, $"There is no rule '{id}'; 'peerdrive rule list' lists them."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"'{id}' may be several rules; write more of its id."),
        };
    }

    /// <exception cref="PeerDriveException">NotFound: a volume is not here.</exception>
    public (Volume Source, Volume Target) VolumesOf(KeptRule rule) => (volumes.Require(rule.Source), volumes.Require(rule.Target));

    /// <exception cref="PeerDriveException">As <see cref="RulePass.RequireReady"/>; AlreadyExists: there is one between the same folders; Conflict: a mirror would turn against itself; LimitExceeded.</exception>
    public KeptRule Add(Volume source, EntryView? sourceFolder, Volume target, EntryView? targetFolder, RuleRequest request)
    {
        var rule = new KeptRule(NewId(), source.Id.ToHex(), sourceFolder?.Id.ToHex(), target.Id.ToHex(), targetFolder?.Id.ToHex(), request.Direction, request.Strategy, request.IsPaused)
        {
            Only = request.Only ?? [], Except = request.Except ?? [],
        };
        return Add(rule, source, target, _ => false);
    }

    /// <summary>Keeps what was replicated in step from now on: two ways, with changes of both sides merged, unless this device may not write to the source.</summary>
    /// <param name="entry">In the source; null: all of it.</param>
    /// <param name="placed">The same in the target.</param>
    /// <returns>The rule that does so, if there was one already.</returns>
    /// <exception cref="PeerDriveException">As of <see cref="Add(Volume, EntryView?, Volume, EntryView?, RuleRequest)"/>; AlreadyExists: another kind of rule is between the two, or it is paused.</exception>
    public KeptRule KeepInStep(Volume source, EntryView? entry, Volume target, EntryId placed)
    {
        var direction = source.OwnRole < Role.Writer ? "one-way" : "two-way";
        var rule = new KeptRule(NewId(), source.Id.ToHex(), entry?.Id.ToHex(), target.Id.ToHex(), placed == EntryId.Root ? null : placed.ToHex(), direction, "merge", false) { IsFile = entry is { IsFolder: false } };
        return Add(rule, source, target, same => (same.Direction, same.Strategy, same.IsPaused, same.Only.Count, same.Except.Count) == (direction, "merge", false, 0, 0));
    }

    public async Task RemoveAsync(KeptRule rule)
    {
        settings.Change(now => now with { Rules = [.. now.Rules.Where(other => other.Id != rule.Id)] });
        await EndAsync(rule.Id).ConfigureAwait(false);
        lock (gate) states.Remove(rule.Id);
        if (volumes.All.FirstOrDefault(volume => volume.Id.ToHex() == rule.Source) is { } source) new RuleMemory(source, rule.Id).Clear();
    }

    public async Task PauseAsync(KeptRule rule, bool isPaused)
    {
        settings.Change(now => now with { Rules = [.. now.Rules.Select(other => other.Id == rule.Id ? other with { IsPaused = isPaused } : other)] });
        if (isPaused) await EndAsync(rule.Id).ConfigureAwait(false);
    }

    /// <summary>Looks through all of both folders, as a job.</summary>
    /// <exception cref="PeerDriveException">As <see cref="RulePass.RunAsync"/>.</exception>
    public Task RunAsync(KeptRule rule, CancellationToken cancellation) => PassAsync(rule, null, cancellation);

    /// <inheritdoc cref="RulePass.ResolveAsync"/>
    public Task ResolveAsync(KeptRule rule, EntryId entry, RuleChoice choice, CancellationToken cancellation) =>
        PassAsync(rule, isAll: false, (pass, _) => pass.ResolveAsync(entry, choice, cancellation), cancellation);

    /// <summary>Looks at some entries at once, of which a person said something.</summary>
    public Task RunAsync(KeptRule rule, RuleScope scope, CancellationToken cancellation) => PassAsync(rule, scope, cancellation);

    /// <inheritdoc cref="Replication.RunAsync"/>
    public async Task<RuleOutcome> ReplicateAsync(Volume source, EntryView? entry, Volume target, EntryId parent, EntryName name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var title = $"{source.Name}:{(entry is null ? "/" : source.Reader.PathOf(entry.Id))} to {target.Name}";
        return await jobs.RunAsync(
            new KeptJob("replicate", title, "peerdrive replicate"), "entries",
            (job, ending) => Replication.RunAsync(source, entry, target, parent, name, turns, time, job.Report, ending)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        foreach (var id in followers.Keys.ToList()) await EndAsync(id).ConfigureAwait(false);
        stop.Dispose();
        turns.Dispose();
        following.Dispose();
    }

    private string NewId()
    {
        var bytes = new byte[4];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <param name="does">Whether a rule that is between the same two already does instead.</param>
    private KeptRule Add(KeptRule rule, Volume source, Volume target, Func<KeptRule, bool> does)
    {
        RulePass.RequireReady(rule.Rule(), source, target);
        var kept = rule;
        settings.Change(now =>
        {
            if (now.Rules.FirstOrDefault(other => other.Between() == rule.Between()) is { } same)
            {
                kept = does(same) ? same : throw new PeerDriveException(ErrorKind.AlreadyExists, $"Rule {same.Id} is between these two already{(same.IsPaused ? ", and is paused" : "")}; remove it first.");
                return now;
            }
            if (now.Rules.Count >= MaxRules) throw new PeerDriveException(ErrorKind.LimitExceeded, $"There are {MaxRules} rules already; remove some with 'peerdrive rule remove'.");
            IReadOnlyList<KeptRule> rules = [.. now.Rules, rule];
            if (new RuleLoops(volumes).Find(rules) is not null)
                throw new PeerDriveException(ErrorKind.Conflict, "A mirror would be led back into its own source by other rules, and take away there what is new. Make it one-way, or remove the rule that leads back.");
            return now with { Rules = rules };
        });
        return kept;
    }

    private async Task RunAsync()
    {
        using var tick = new PeriodicTimer(Look, time);
        try
        {
            do
            {
                // One that was paused by its job's end is followed no more.
                foreach (var rule in Rules) await (rule.IsPaused ? EndAsync(rule.Id) : FollowAsync(rule.Id)).ConfigureAwait(false);
            }
            while (await tick.WaitForNextTickAsync(stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private async Task FollowAsync(string id)
    {
        await following.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            var open = volumes.All;
            if (Rules.FirstOrDefault(rule => rule.Id == id) is not { IsPaused: false } rule || followers.ContainsKey(id)) return;
            if (open.FirstOrDefault(volume => volume.Id.ToHex() == rule.Source) is not { } source || open.FirstOrDefault(volume => volume.Id.ToHex() == rule.Target) is not { } target) return;
            followers[id] = new RuleFollower(rule, source, target, StateOf(rule), PassAsync, time, log);
            followers[id].Start();
        }
        finally
        {
            following.Release();
        }
    }

    private async Task EndAsync(string id)
    {
        await following.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (followers.Remove(id, out var follower)) await follower.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            following.Release();
        }
    }

    private Task PassAsync(KeptRule rule, RuleScope? scope, CancellationToken cancellation) => scope is null
        ? PassAsync(rule, isAll: true, (pass, work) => work(pass), cancellation)
        : PassAsync(rule, isAll: false, (pass, _) => pass.RunAsync(scope, (_, _) => { }, cancellation), cancellation);

    /// <param name="run">Runs the pass, or has the second argument run it as a job over all.</param>
    private async Task PassAsync(KeptRule rule, bool isAll, Func<RulePass, Func<RulePass, Task<RuleOutcome>>, Task<RuleOutcome>> run, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(rule.Id, cancellation).ConfigureAwait(false);
        var state = StateOf(rule);
        try
        {
            state.Begin();
            var (source, target) = VolumesOf(rule);
            var pass = new RulePass(rule.Rule(), source, target, new RuleMemory(source, rule.Id), turns, time);
            state.End(await run(pass, all => RunAsJobAsync(rule, source, target, all, cancellation)).ConfigureAwait(false), isAll, time.GetUtcNow());
        }
        catch (Exception e)
        {
            state.Fail(e is PeerDriveException ? e.Message : e is OperationCanceledException ? "It was ended before it was done." : "A fault of the program; the log has more.");
            throw;
        }
    }

    private async Task<RuleOutcome> RunAsJobAsync(KeptRule rule, Volume source, Volume target, RulePass pass, CancellationToken cancellation)
    {
        var isCancelled = false;
        try
        {
            return await jobs.RunAsync(new KeptJob("rule", $"{source.Name} to {target.Name}", $"peerdrive rule run {rule.Id}"), "entries", async (job, ending) =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, cancellation);
                try
                {
                    return await pass.RunAsync(null, job.Report, either.Token).ConfigureAwait(false);
                }
                finally
                {
                    isCancelled = job.IsCancelled;
                }
            }, isCounted: false).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (isCancelled)
        {
            // Who ends the job of a rule does not want it to begin again at once.
            settings.Change(now => now with { Rules = [.. now.Rules.Select(other => other.Id == rule.Id ? other with { IsPaused = true } : other)] });
            throw;
        }
    }
}
