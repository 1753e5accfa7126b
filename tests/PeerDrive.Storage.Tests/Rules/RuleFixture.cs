using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Rules;

/// <summary>Several volumes of one node, and rules between them that run when a test says so.</summary>
internal sealed class RuleFixture : IAsyncDisposable
{
    private readonly List<TestReplica> replicas = [];
    private readonly RuleTurns turns = new();

    public Volume this[int index] => replicas[index].Volume;

    public List<(SyncRule Rule, int Source, int Target)> Rules { get; } = [];

    public static async Task<RuleFixture> CreateAsync(int volumes)
    {
        var fixture = new RuleFixture();
        for (var i = 0; i < volumes; i++) fixture.replicas.Add(await TestReplica.CreateAsync(seed: 1 + i));
        return fixture;
    }

    public TestReplica Replica(int index) => replicas[index];

    public SyncRule Add(int source, int target, RuleDirection direction, RuleStrategy strategy, EntryId from = default, EntryId to = default, RuleFilter? filter = null)
    {
        var rule = new SyncRule($"{Rules.Count}", from, to, direction, strategy) { Filter = filter ?? RuleFilter.None };
        Rules.Add((rule, source, target));
        return rule;
    }

    public RulePass Pass(SyncRule rule)
    {
        var (_, source, target) = Rules.Single(each => each.Rule == rule);
        return new RulePass(rule, this[source], this[target], Memory(rule), turns, TimeProvider.System);
    }

    public RuleMemory Memory(SyncRule rule) => new(this[Rules.Single(each => each.Rule == rule).Source], rule.Id);

    public Task<RuleOutcome> RunAsync(SyncRule rule, RuleScope? scope = null) => Pass(rule).RunAsync(scope, (_, _) => { }, CancellationToken.None);

    public async Task<EntryView> WriteAsync(int volume, string path, string text)
    {
        var parent = EntryId.Root;
        var parts = path.Split('/');
        foreach (var part in parts[..^1]) parent = (this[volume].Reader.Find(parent, EntryName.Create(part)) ?? await MakeAsync(volume, parent, part, TestCluster.Folder())).Id;
        var state = TestCluster.File(this[volume], text);
        if (this[volume].Reader.Find(parent, EntryName.Create(parts[^1])) is not { } there) return await MakeAsync(volume, parent, parts[^1], state);
        await this[volume].CommitAsync(edit => edit.Revise(there.Id, state));
        return this[volume].Reader.Require(there.Id);
    }

    public EntryView At(int volume, string path) => Find(volume, path) ?? throw new InvalidOperationException($"no {path} in {volume}\n{TestCluster.Tree(this[volume])}");

    public EntryView? Find(int volume, string path) => this[volume].Reader.Resolve(Encoding.UTF8.GetBytes(path), out _);

    public string Text(int volume, string path) => Encoding.UTF8.GetString(this[volume].Contents.ReadAll(At(volume, path).Shown!.Value.Content, 1 << 20));

    public Task DeleteAsync(int volume, string path) => this[volume].CommitAsync(edit => edit.Delete(At(volume, path).Id));

    public Task MoveAsync(int volume, string path, string folder, string name) =>
        this[volume].CommitAsync(edit => edit.Move(At(volume, path).Id, folder.Length == 0 ? EntryId.Root : At(volume, folder).Id, EntryName.Create(name)));

    /// <summary>What a person sees of a folder: by path, with documents and heads, whatever the entries' ids are.</summary>
    public string Seen(int volume, EntryId folder = default)
    {
        var lines = new List<string>();
        var open = new Stack<(EntryId Folder, string Path)>([(folder, "")]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in this[volume].Reader.List(next.Folder))
            {
                // Folders that both sides made by themselves are one by their name.
                lines.Add(entry.IsFolder ? $"{next.Path}/{entry.Name}/" : $"{next.Path}/{entry.Name} {entry.Document} {string.Join(',', this[volume].Reader.Heads(entry.Document).Select(head => head.Id.ToHex()[..8]))}");
                if (entry.IsFolder) open.Push((entry.Id, $"{next.Path}/{entry.Name}"));
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas) await replica.DisposeAsync();
        turns.Dispose();
    }

    private async Task<EntryView> MakeAsync(int volume, EntryId parent, string name, RevisionState state)
    {
        EntryView? made = null;
        await this[volume].CommitAsync(edit => made = edit.Create(parent, EntryName.Create(name), state));
        return made!;
    }
}
