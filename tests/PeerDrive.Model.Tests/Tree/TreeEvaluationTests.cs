using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;

namespace PeerDrive.Model.Tests.Tree;

public sealed class TreeEvaluationTests
{
    private readonly List<TreeChangeset> history = [];

    [Fact]
    public void A_thousand_random_histories_make_the_trees_of_the_reference()
    {
        Assert.Equal(1000, TreeHistory.All.Count);
        foreach (var history in TreeHistory.All)
        {
            var tree = TreeEvaluation.Evaluate(history.Changesets);
            Assert.Equal(history.Tree.Count, tree.Entries.Count);
            foreach (var (entry, expected) in history.Tree)
            {
                var e = tree.Entries[entry];
                var actual = new TreeHistory.Expected(e.Parent, e.Name, e.Document, e.IsFolder, e.IsLive, e.Rank);
                Assert.True(expected == actual, $"seed {history.Seed}, entry {entry}: expected {expected}, not {actual}");
            }
        }
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        var random = new Random(1);
        foreach (var history in TreeHistory.All.Where(h => h.Seed % 10 == 0))
        {
            var tree = TreeEvaluation.Evaluate(history.Changesets).Entries;
            for (var i = 0; i < 5; i++)
            {
                var shuffled = history.Changesets.ToArray();
                random.Shuffle(shuffled);
                Assert.Equal(tree.OrderBy(e => e.Key), TreeEvaluation.Evaluate(shuffled).Entries.OrderBy(e => e.Key));
            }
        }
    }

    [Fact]
    public void Forged_histories_of_any_shape_make_a_tree_without_cycles()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var changesets = Enumerable.Range(1, 25).Select(n => Forged(random, n)).ToArray();
            var tree = TreeEvaluation.Evaluate(changesets).Entries;
            foreach (var (entry, place) in tree)
            {
                var steps = 0;
                for (var above = place.ShownParent; tree.TryGetValue(above, out var p); above = p.ShownParent)
                    Assert.True(++steps <= tree.Count, $"seed {seed}: {entry} is in a cycle");
                if (place.IsLive && tree.TryGetValue(place.ShownParent, out var parent)) Assert.True(parent is { IsLive: true, IsFolder: true }, $"seed {seed}");
            }
            var slots = tree.Values.Where(e => e.IsLive).Select(e => (e.ShownParent, e.Name, e.Rank)).ToArray();
            Assert.Equal(slots.Length, slots.Distinct().Count());
        }
    }

    [Fact]
    public void An_entry_whose_folder_is_unknown_shows_in_lost_and_found_and_returns_when_the_folder_comes()
    {
        var orphan = Put(1, entry: 10, parent: 20, "a");
        var place = TreeEvaluation.Evaluate(history).Entries[orphan];
        Assert.Equal((TreeHistory.Entry(20), EntryId.LostAndFound, true), (place.Parent, place.ShownParent, place.IsOrphan));

        Put(2, entry: 20, parent: 0, "folder");
        place = TreeEvaluation.Evaluate(history).Entries[orphan];
        Assert.Equal((TreeHistory.Entry(20), false), (place.ShownParent, place.IsOrphan));
    }

    [Fact]
    public void Orphans_of_one_name_are_ranked_in_lost_and_found()
    {
        var first = Put(1, entry: 10, parent: 20, "a");
        var second = Put(2, entry: 11, parent: 21, "a");
        var tree = TreeEvaluation.Evaluate(history).Entries;
        Assert.Equal((0, 1), (tree[first].Rank, tree[second].Rank));
    }

    [Fact]
    public void A_first_put_below_itself_lands_in_lost_and_found()
    {
        var child = Put(1, entry: 10, parent: 20, "child");
        var folder = Put(2, entry: 20, parent: 10, "folder");
        var tree = TreeEvaluation.Evaluate(history).Entries;
        Assert.Equal(EntryId.LostAndFound, tree[folder].Parent);
        Assert.Equal(folder, tree[child].Parent);
    }

    [Fact]
    public void Moving_two_folders_into_each_other_keeps_the_first_move()
    {
        var a = Put(1, entry: 10, parent: 0, "a");
        var b = Put(1, entry: 11, parent: 0, "b");
        Put(1, entry: 10, parent: 11, "a");
        Put(2, entry: 11, parent: 10, "b", lamport: 3);
        var tree = TreeEvaluation.Evaluate(history).Entries;
        Assert.Equal((b, EntryId.Root), (tree[a].Parent, tree[b].Parent));
    }

    [Fact]
    public void What_a_move_rescues_an_edit_of_a_folder_between_does_not_take_away()
    {
        EntryId x = TreeHistory.Entry(10), y = TreeHistory.Entry(11), file = TreeHistory.Entry(12);
        var document = new DocumentId(new Bits128(0, 99));
        var none = new Dictionary<AuthorId, ulong>();
        TreeChangeset[] made =
        [
            new(1, TreeHistory.Hash(1, 1), TreeHistory.Author(1), 1, none,
            [
                new TreeOperation.Put(x, EntryId.Root, EntryName.Create("x"), default, true), new TreeOperation.Put(y, x, EntryName.Create("y"), document, true),
                new TreeOperation.Put(file, y, EntryName.Create("b"), default, false),
            ]),
            new(2, TreeHistory.Hash(1, 2), TreeHistory.Author(1), 2, none, [new TreeOperation.Delete(file, y), new TreeOperation.Delete(y, x), new TreeOperation.Delete(x, EntryId.Root)]),
            new(2, TreeHistory.Hash(2, 1), TreeHistory.Author(2), 1, new Dictionary<AuthorId, ulong> { [TreeHistory.Author(1)] = 1 },
                [new TreeOperation.Put(x, EntryId.Root, EntryName.Create("moved"), default, true)]),
        ];
        var tag = new TreeChangeset(
            2, TreeHistory.Hash(3, 1), TreeHistory.Author(3), 1, new Dictionary<AuthorId, ulong> { [TreeHistory.Author(1)] = 1 }, [new TreeOperation.Revise(document, y)]);
        Assert.True(TreeEvaluation.Evaluate(made).Entries[file].IsLive);
        Assert.True(TreeEvaluation.Evaluate([.. made, tag]).Entries[file].IsLive);
    }

    [Fact]
    public void A_tree_a_hundred_thousand_folders_deep_is_evaluated_without_recursion()
    {
        var operations = Enumerable.Range(2, 100_000).Select(n =>
            (TreeOperation)new TreeOperation.Put(TreeHistory.Entry(n), n == 2 ? EntryId.Root : TreeHistory.Entry(n - 1), EntryName.Create("d"), default, true));
        history.Add(new TreeChangeset(1, TreeHistory.Hash(1, 1), TreeHistory.Author(1), 1, new Dictionary<AuthorId, ulong>(), [.. operations]));
        Assert.All(TreeEvaluation.Evaluate(history).Entries.Values, e => Assert.True(e.IsLive));
    }

    [Fact]
    public void Names_that_the_volume_calls_equal_are_ranked()
    {
        Put(1, entry: 10, parent: 0, "a");
        var other = Put(1, entry: 11, parent: 0, "A");
        Assert.Equal(0, TreeEvaluation.Evaluate(history).Entries[other].Rank);
        Assert.Equal(1, TreeEvaluation.Evaluate(history, new IgnoringCase()).Entries[other].Rank);
    }

    private EntryId Put(int author, int entry, int parent, string name, ulong? lamport = null)
    {
        var sequence = (ulong)history.Count(c => c.Author == TreeHistory.Author(author)) + 1;
        history.Add(new TreeChangeset(
            lamport ?? sequence, TreeHistory.Hash(author, sequence), TreeHistory.Author(author), sequence, new Dictionary<AuthorId, ulong>(),
            [new TreeOperation.Put(TreeHistory.Entry(entry), TreeHistory.Entry(parent), EntryName.Create(name), default, true)]));
        return TreeHistory.Entry(entry);
    }

    private static TreeChangeset Forged(Random random, int number)
    {
        var author = random.Next(1, 4);
        var dependencies = Enumerable.Range(1, 3).ToDictionary(TreeHistory.Author, _ => (ulong)random.Next(20));
        TreeOperation Any() => random.Next(4) switch
        {
            0 => new TreeOperation.Delete(AnyEntry(), AnyEntry()),
            1 => new TreeOperation.Revise(new DocumentId(new Bits128(0, (ulong)random.Next(4))), random.Next(2) == 0 ? null : AnyEntry()),
            _ => new TreeOperation.Put(AnyEntry(), random.Next(4) == 0 ? EntryId.Root : AnyEntry(), EntryName.Create("ab"[random.Next(2)].ToString()),
                new DocumentId(new Bits128(0, (ulong)random.Next(4))), random.Next(5) > 0),
        };
        EntryId AnyEntry() => TreeHistory.Entry(random.Next(2, 9));
        return new TreeChangeset(
            (ulong)random.Next(1, 20), TreeHistory.Hash(author, (ulong)number), TreeHistory.Author(author), (ulong)random.Next(1, 20), dependencies,
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any())]);
    }

    private sealed class IgnoringCase : IEqualityComparer<EntryName>
    {
        public bool Equals(EntryName x, EntryName y) => x.ToString().Equals(y.ToString(), StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(EntryName name) => name.ToString().ToUpperInvariant().GetHashCode(StringComparison.Ordinal);
    }
}
