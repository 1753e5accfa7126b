using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Rules;

/// <summary>How a rule does since the node started. Thread-safe.</summary>
internal sealed class RuleState
{
    private readonly Lock gate = new();
    private readonly Dictionary<DocumentId, RuleProblem> problems = [];
    private bool isRunning;

    /// <summary>Why the last pass did not come to its end; null: it did.</summary>
    public string? Failure { get; private set; }

    public DateTimeOffset? LastRun { get; private set; }

    public long Changed { get; private set; }

    public bool IsRunning
    {
        get
        {
            lock (gate) return isRunning;
        }
    }

    public IReadOnlyList<RuleProblem> Problems
    {
        get
        {
            lock (gate) return [.. problems.Values.OrderBy(problem => problem.Path, StringComparer.Ordinal)];
        }
    }

    /// <summary>Whether contents are lacking that may come without a word.</summary>
    public bool AwaitsContents
    {
        get
        {
            lock (gate) return problems.Values.Any(problem => problem.Kind == RuleProblemKind.NotHere);
        }
    }

    /// <summary>Entries of a volume whose contents were nowhere: they are looked at again with whatever comes.</summary>
    public IReadOnlyList<EntryId> Waiting(Volume volume)
    {
        lock (gate) return [.. problems.Values.Where(problem => problem.Kind == RuleProblemKind.NotHere && volume.Reader.Get(problem.Entry) is not null).Select(problem => problem.Entry)];
    }

    public void Begin()
    {
        lock (gate) isRunning = true;
    }

    public void End(RuleOutcome outcome, bool isAll, DateTimeOffset now)
    {
        lock (gate)
        {
            isRunning = false;
            Failure = null;
            LastRun = now;
            Changed += outcome.Changed;
            foreach (var document in isAll ? problems.Keys.ToHashSet() : outcome.Looked) problems.Remove(document);
            foreach (var problem in outcome.Problems) problems[problem.Document] = problem;
        }
    }

    public void Fail(string why)
    {
        lock (gate)
        {
            isRunning = false;
            Failure = why;
        }
    }
}
