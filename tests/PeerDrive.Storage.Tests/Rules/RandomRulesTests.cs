using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Patterns;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Rules;

/// <summary>Random edits on all sides of random rules. Each seed replays exactly but for the keys of devices, the clock, and the order of steps of passes that run at once.</summary>
public sealed class RandomRulesTests
{
    private static readonly EntryName[] Names = [.. "abcd".Select(letter => EntryName.Create($"{letter}"))];

    /// <summary>Patterns of --only and --except.</summary>
    private static readonly (string[] Only, string[] Except)[] Filters =
    [
        ([], []), ([], ["a"]), ([], ["/b", "c/d"]), ([], ["c/"]), (["a"], []), (["/a/", "*/b"], []), (["[a-c]"], ["c/**/a"]), (["b/**"], ["d"]), (["d"], ["/d/d"]),
    ];

    private static readonly RuleFilter[] FilterRules = [.. Filters.Select((patterns, at) => at == 0 ? RuleFilter.None : RuleFilter.Create(patterns.Only, patterns.Except))];

    /// <summary>Passes of all rules, after the last edit, by which nothing has to be left to do.</summary>
    private const int MaxPasses = 25;

    [Fact]
    public async Task Rules_come_to_an_end_in_any_order_two_way_rules_make_both_sides_the_same_and_nothing_is_lost()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_RULE_COUNT"), out var wanted) ? wanted : 25;
        var first = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_RULE_SEED"), out var from) ? from : 1;
        for (var seed = first; seed < first + count; seed++) await RunAsync(seed, isAtOnce: false, isFiltered: false);
        for (var seed = first; seed < first + count; seed++) await RunAsync(seed, isAtOnce: true, isFiltered: false);
    }

    [Fact]
    public async Task Rules_with_filters_come_to_an_end_too_leave_alone_what_is_left_out_and_bring_the_rest_into_step()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_RULE_COUNT"), out var wanted) ? wanted : 25;
        var first = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_RULE_SEED"), out var from) ? from : 1;
        var compared = 0;
        for (var seed = first; seed < first + count; seed++) compared += await RunAsync(seed, isAtOnce: false, isFiltered: true);
        for (var seed = first; seed < first + count; seed++) await RunAsync(seed, isAtOnce: true, isFiltered: true);
        Assert.True(compared > count / 2, $"only {compared} rules were without problems in the end");
    }

    /// <param name="isAtOnce">Passes of all rules run at once, also while people edit; else one after the other.</param>
    /// <returns>Rules whose sides were compared in the end.</returns>
    private static async Task<int> RunAsync(int seed, bool isAtOnce, bool isFiltered)
    {
        var random = new Random(seed);
        var volumes = 2 + random.Next(2);
        await using var fixture = await RuleFixture.CreateAsync(volumes);
        AddRules(fixture, volumes, random, isFiltered);
        var texts = new HashSet<string>();
        for (var step = 0; step < 40; step++)
        {
            var passes = isAtOnce && random.Next(4) == 0 ? PassesAsync(fixture) : Task.FromResult(0L);
            await EditAsync(fixture, random.Next(volumes), random, $"{seed} {step}", texts);
            await passes;
            if (random.Next(4) == 0) await PassAsync(fixture, fixture.Rules[random.Next(fixture.Rules.Count)].Rule, seed);
            if (random.Next(40) == 0) fixture.Memory(fixture.Rules[0].Rule).Clear();
        }
        await SettleAsync(fixture, random, seed, isAtOnce);
        var compared = 0;
        foreach (var (rule, source, target) in fixture.Rules.Where(each => each.Rule.Direction != RuleDirection.OneWay))
        {
            var outcome = await PassAsync(fixture, rule, seed);
            if (outcome.Problems.Any(problem => problem.Kind != RuleProblemKind.Conflict)) continue;
            compared++;
            if (!rule.Filter.IsNone) Assert.Equal((seed, InStep(fixture, rule, source)), (seed, InStep(fixture, rule, target)));
            else if (rule.Direction == RuleDirection.TwoWay) Assert.True(fixture.Seen(source) == fixture.Seen(target), $"seed {seed}: {rule}\n{fixture.Seen(source)}\n--\n{fixture.Seen(target)}");
            else Assert.True(Shown(fixture[source]) == Shown(fixture[target]), $"seed {seed}: {rule}\n{Shown(fixture[source])}\n--\n{Shown(fixture[target])}");
        }
        var kept = new HashSet<string>();
        for (var i = 0; i < volumes; i++) kept.UnionWith(Kept(fixture[i]));
        Assert.True(texts.IsSubsetOf(kept), $"seed {seed}: lost {string.Join(", ", texts.Except(kept))}");
        return compared;
    }

    /// <summary>One pass, which must leave alone what the rule's filter leaves out, on both sides.</summary>
    private static async Task<RuleOutcome> PassAsync(RuleFixture fixture, SyncRule rule, int seed)
    {
        var (_, source, target) = fixture.Rules.Single(each => each.Rule == rule);
        var before = new[] { source, target }.Select(volume => (Volume: volume, Out: LeftOut(fixture[volume], rule), All: All(fixture[volume]).Select(entry => entry.Id).ToHashSet())).ToList();
        var outcome = await fixture.RunAsync(rule);
        foreach (var (volume, leftOut, all) in before)
        {
            // A document that has, or now got, another place which the rule is for is carried by that.
            var resting = LeftOut(fixture[volume], rule).Where(found => found.Heads is not null).Select(found => found.Entry.Document).ToHashSet();
            foreach (var (entry, heads) in leftOut)
            {
                var now = fixture[volume].Reader.Require(entry.Id);
                Assert.True((now.IsLive, now.Parent, now.Name, now.Document) == (true, entry.Parent, entry.Name, entry.Document), $"seed {seed}: {rule} touched {Path(fixture[volume], entry)}, which it leaves out");
                if (heads is not null && resting.Contains(entry.Document)) Assert.Equal((seed, heads), (seed, Heads(fixture[volume], entry)));
            }
            foreach (var (entry, _) in LeftOut(fixture[volume], rule)) Assert.True(all.Contains(entry.Id), $"seed {seed}: {rule} made {Path(fixture[volume], entry)}, which it leaves out");
        }
        return outcome;
    }

    /// <summary>What a rule leaves out in a volume, with the heads of documents that have no other place there.</summary>
    private static List<(EntryView Entry, string? Heads)> LeftOut(Volume volume, SyncRule rule)
    {
        var all = All(volume);
        var others = all.Where(entry => !IsLeftOut(volume, rule, entry)).Select(entry => entry.Document).ToHashSet();
        return [.. all.Where(entry => IsLeftOut(volume, rule, entry)).Select(entry => (entry, others.Contains(entry.Document) ? null : Heads(volume, entry)))];
    }

    /// <summary>As the documentation says it, by patterns and paths alone.</summary>
    private static bool IsLeftOut(Volume volume, SyncRule rule, EntryView entry)
    {
        var (only, except) = Filters[Array.FindIndex(FilterRules, filter => filter == rule.Filter) is >= 0 and var at ? at : 0];
        var isAsked = only.Length == 0;
        var parts = Path(volume, entry)[1..].Split('/');
        for (var count = 1; count <= parts.Length; count++)
        {
            var (path, isFolder) = (Encoding.UTF8.GetBytes(string.Join('/', parts[..count])), count < parts.Length || entry.IsFolder);
            if (except.Any(pattern => PathPattern.Create(Encoding.UTF8.GetBytes(pattern))!.Matches(path, isFolder))) return true;
            isAsked |= only.Any(pattern => PathPattern.Create(Encoding.UTF8.GetBytes(pattern))!.Matches(path, isFolder));
        }
        return !isAsked && !entry.IsFolder;
    }

    /// <summary>Files that a rule is for, by path, but for documents that rest because their place is left out on one side.</summary>
    private static string InStep(RuleFixture fixture, SyncRule rule, int volume)
    {
        var (_, source, target) = fixture.Rules.Single(each => each.Rule == rule);
        var resting = new[] { source, target }.SelectMany(side => LeftOut(fixture[side], rule)).Select(found => found.Entry.Document).ToHashSet();
        return string.Join('\n', All(fixture[volume]).Where(entry => !entry.IsFolder && !resting.Contains(entry.Document) && !IsLeftOut(fixture[volume], rule, entry))
            .Select(entry => $"{Path(fixture[volume], entry)} {entry.Document} {(rule.Direction == RuleDirection.Mirror ? entry.Shown?.Content.Root : Heads(fixture[volume], entry))}").Order(StringComparer.Ordinal));
    }

    private static string Heads(Volume volume, EntryView entry) => string.Join(',', volume.Reader.Heads(entry.Document).Select(head => head.Id.ToHex()));

    /// <summary>A chain, both ways between two, or a ring; a mirror only where it leads nowhere again.</summary>
    private static void AddRules(RuleFixture fixture, int volumes, Random random, bool isFiltered)
    {
        var edges = volumes == 2
            ? random.Next(2) == 0 ? new[] { (0, 1) } : [(0, 1), (1, 0)]
            : random.Next(3) switch { 0 => [(0, 1), (1, 2)], 1 => [(0, 1), (1, 2), (2, 0)], _ => new[] { (0, 1), (2, 1), (0, 2) } };
        var isLoop = edges.Length >= volumes;
        foreach (var (source, target) in edges)
        {
            var direction = (RuleDirection)random.Next(isLoop ? 2 : 3);
            // Two-way is a loop by itself, which a mirror would turn against.
            if (!isLoop && edges.Length > 1 && direction == RuleDirection.Mirror && source == 0) direction = RuleDirection.TwoWay;
            fixture.Add(source, target, direction, (RuleStrategy)random.Next(3), filter: isFiltered ? FilterRules[random.Next(Filters.Length)] : null);
        }
    }

    private static async Task<long> PassesAsync(RuleFixture fixture) => (await Task.WhenAll(fixture.Rules.Select(each => fixture.RunAsync(each.Rule)))).Sum(outcome => outcome.Changed);

    private static async Task SettleAsync(RuleFixture fixture, Random random, int seed, bool isAtOnce)
    {
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            long changed = 0;
            if (isAtOnce) changed = await PassesAsync(fixture);
            else foreach (var (rule, _, _) in fixture.Rules.OrderBy(_ => random.Next()).ToList()) changed += (await PassAsync(fixture, rule, seed)).Changed;
            if (changed == 0) return;
        }
        Assert.Fail($"seed {seed}: the rules do not come to an end: {string.Join("; ", fixture.Rules)}");
    }

    private static async Task EditAsync(RuleFixture fixture, int at, Random random, string text, HashSet<string> texts)
    {
        var volume = fixture[at];
        var live = All(volume);
        var folders = live.Where(entry => entry.IsFolder).Select(entry => entry.Id).Prepend(EntryId.Root).ToList();
        var files = live.Where(entry => !entry.IsFolder).ToList();
        var (parent, name) = (folders[random.Next(folders.Count)], Names[random.Next(Names.Length)]);
        try
        {
            switch (random.Next(8))
            {
                case 0:
                    await volume.CommitAsync(edit => edit.Create(parent, name, TestCluster.Folder()));
                    break;
                case 1 or 2:
                    await volume.CommitAsync(edit => edit.Create(parent, name, TestCluster.File(volume, text)));
                    texts.Add(text);
                    break;
                case 3 or 4 when files.Count > 0:
                    await volume.CommitAsync(edit => edit.Revise(files[random.Next(files.Count)].Id, TestCluster.File(volume, text)));
                    texts.Add(text);
                    break;
                case 5 or 6 when live.Count > 0:
                    await volume.CommitAsync(edit => edit.Move(live[random.Next(live.Count)].Id, parent, name));
                    break;
                case 7 when live.Count > 0:
                    await volume.CommitAsync(edit => edit.Delete(live[random.Next(live.Count)].Id));
                    break;
            }
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.AlreadyExists or ErrorKind.Invalid)
        {
            // A name that is taken, or a folder into itself: nothing happened.
        }
    }

    private static List<EntryView> All(Volume volume)
    {
        var found = new List<EntryView>();
        var open = new Stack<EntryId>([EntryId.Root]);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in volume.Reader.List(folder))
            {
                found.Add(entry);
                if (entry.IsFolder) open.Push(entry.Id);
            }
        }
        return found;
    }

    private static string Shown(Volume volume) => string.Join('\n', All(volume).Select(entry => entry.IsFolder ? $"{Path(volume, entry)}/" : $"{Path(volume, entry)} {entry.Document} {entry.Shown?.Content.Root}").Order(StringComparer.Ordinal));

    private static string Path(Volume volume, EntryView entry) => entry.Parent == EntryId.Root ? $"/{entry.Name}" : $"{Path(volume, volume.Reader.Require(entry.Parent))}/{entry.Name}";

    /// <summary>Texts of all versions of all that is live or in the trash.</summary>
    private static IEnumerable<string> Kept(Volume volume) => All(volume).Concat(volume.Reader.Trash(10_000)).Where(entry => !entry.IsFolder).SelectMany(entry => volume.Reader.History(entry.Document))
        .Select(view => view.Content).Where(volume.Contents.IsHere).Select(content => Encoding.UTF8.GetString(volume.Contents.ReadAll(content, 100)));
}
