using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// What a rule remembers, in the source volume's state: which entries of both sides belong together, and which documents a person had it leave out. A crash may
/// lose the last of it, which then is found out again.
/// </summary>
public sealed class RuleMemory
{
    private readonly Database state;
    private readonly string rule;
    private readonly Dictionary<EntryId, EntryId> targets = [], sources = [];

    public RuleMemory(Volume source, string rule)
    {
        (state, this.rule) = (source.State, rule);
        lock (state.Gate)
        {
            state.Execute("CREATE TABLE IF NOT EXISTS rule_pairs(rule TEXT NOT NULL, source BLOB NOT NULL, target BLOB NOT NULL, PRIMARY KEY(rule, source)) WITHOUT ROWID");
            state.Execute("CREATE UNIQUE INDEX IF NOT EXISTS rule_targets ON rule_pairs(rule, target)");
            state.Execute("CREATE TABLE IF NOT EXISTS rule_skips(rule TEXT NOT NULL, document BLOB NOT NULL, PRIMARY KEY(rule, document)) WITHOUT ROWID");
        }
    }

    /// <summary>Documents that are left out.</summary>
    public IReadOnlyList<DocumentId> Skipped
    {
        get
        {
            lock (state.Gate)
            {
                using var select = state.Prepare("SELECT document FROM rule_skips WHERE rule = ?").Bind(rule);
                var found = new List<DocumentId>();
                while (select.Step()) found.Add(select.Id<DocumentId>(0));
                return found;
            }
        }
    }

    public void Skip(DocumentId document)
    {
        lock (state.Gate) state.Prepare("INSERT OR IGNORE INTO rule_skips VALUES(?, ?)").Bind(rule).BindId(document).Run();
    }

    /// <returns>False: it was not left out.</returns>
    public bool Unskip(DocumentId document)
    {
        lock (state.Gate)
        {
            state.Prepare("DELETE FROM rule_skips WHERE rule = ? AND document = ?").Bind(rule).BindId(document).Run();
            return state.Changes > 0;
        }
    }

    /// <summary>Forgets everything of this rule.</summary>
    public void Clear()
    {
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            state.Prepare("DELETE FROM rule_pairs WHERE rule = ?").Bind(rule).Run();
            state.Prepare("DELETE FROM rule_skips WHERE rule = ?").Bind(rule).Run();
            transaction.Commit();
        }
    }

    internal EntryId? TargetOf(EntryId source)
    {
        if (targets.TryGetValue(source, out var pending)) return pending;
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT target FROM rule_pairs WHERE rule = ? AND source = ?").Bind(rule).BindId(source);
            return select.Step() ? select.Id<EntryId>(0) : null;
        }
    }

    internal EntryId? SourceOf(EntryId target)
    {
        if (sources.TryGetValue(target, out var pending)) return pending;
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT source FROM rule_pairs WHERE rule = ? AND target = ?").Bind(rule).BindId(target);
            return select.Step() ? select.Id<EntryId>(0) : null;
        }
    }

    /// <summary>Remembers a pair, in place of what was known of either entry; durable after <see cref="Flush"/>.</summary>
    internal void Pair(EntryId source, EntryId target)
    {
        targets[source] = target;
        sources[target] = source;
    }

    internal void Flush()
    {
        if (targets.Count == 0) return;
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            foreach (var (source, target) in targets) state.Prepare("INSERT OR REPLACE INTO rule_pairs VALUES(?, ?, ?)").Bind(rule).BindId(source).BindId(target).Run();
            transaction.Commit();
        }
        targets.Clear();
        sources.Clear();
    }
}
