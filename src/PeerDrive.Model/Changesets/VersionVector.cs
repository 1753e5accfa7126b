using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Changesets;

/// <summary>
/// How far into each author's log somebody has come. Immutable, compared by value.
/// An author has one tip, or several when the log forked. Having a tip means having everything before it.
/// </summary>
public sealed class VersionVector : IEquatable<VersionVector>
{
    public static readonly VersionVector Empty = new(ImmutableSortedDictionary<AuthorId, ImmutableArray<Tip>>.Empty);

    private readonly ImmutableSortedDictionary<AuthorId, ImmutableArray<Tip>> authors;

    private VersionVector(ImmutableSortedDictionary<AuthorId, ImmutableArray<Tip>> authors) => this.authors = authors;

    /// <summary>All tips, sorted by author, then sequence and hash.</summary>
    public IEnumerable<Tip> Tips => authors.SelectMany(author => author.Value);

    public IEnumerable<AuthorId> Authors => authors.Keys;

    /// <summary>All tips of one author, sorted; empty when nothing of the author is known.</summary>
    public ImmutableArray<Tip> this[AuthorId author] => authors.GetValueOrDefault(author, []);

    public static VersionVector Of(IEnumerable<Tip> tips) => Empty.Apply(tips);

    /// <summary>The greatest sequence of an author; 0 when nothing of the author is known.</summary>
    public ulong SequenceOf(AuthorId author) => authors.TryGetValue(author, out var tips) ? tips[^1].Sequence : 0;

    public bool Covers(AuthorId author, ulong sequence) => SequenceOf(author) >= sequence;

    /// <summary>Whether every author's greatest sequence in <paramref name="other"/> is covered.</summary>
    public bool Covers(VersionVector other) => other.authors.All(author => Covers(author.Key, author.Value[^1].Sequence));

    public bool IsForked(AuthorId author) => this[author].Length > 1;

    /// <summary>
    /// Adds a changeset. It replaces the tip that it continues; if there are tips and it continues none of them, the log has
    /// forked and both branches stay.
    /// </summary>
    /// <param name="previous">The hash that the changeset names as its author's previous one.</param>
    public VersionVector Extend(Tip tip, ChangesetHash previous)
    {
        var tips = this[tip.Author];
        return tips.Contains(tip) ? this : With(tip.Author, tips.RemoveAll(t => t.Hash == previous && t.Sequence + 1 == tip.Sequence).Add(tip));
    }

    /// <summary>
    /// What both know together. Of two single tips the higher stands for both, since chains are not looked at; equal numbers
    /// with different hashes are a fork and stay both, and no branch of a known fork is dropped.
    /// </summary>
    public VersionVector Merge(VersionVector other)
    {
        var result = authors.ToBuilder();
        foreach (var (author, theirs) in other.authors)
        {
            var ours = this[author];
            if (ours.IsEmpty) result[author] = theirs;
            else if (ours is [var a] && theirs is [var b] && a.Sequence != b.Sequence) result[author] = a.Sequence > b.Sequence ? ours : theirs;
            else result[author] = Sorted(ours.Concat(theirs));
        }
        return new VersionVector(result.ToImmutable());
    }

    /// <summary>
    /// All tips of those authors that <paramref name="earlier"/> has other tips of, so that
    /// <c>earlier.Apply(later.Difference(earlier))</c> is <c>later</c> when no author vanished.
    /// </summary>
    public ImmutableArray<Tip> Difference(VersionVector earlier) =>
        [.. authors.Where(author => !author.Value.SequenceEqual(earlier[author.Key])).SelectMany(author => author.Value)];

    /// <summary>Replaces the tips of every author named in <paramref name="difference"/>.</summary>
    public VersionVector Apply(IEnumerable<Tip> difference)
    {
        var result = authors.ToBuilder();
        foreach (var tips in difference.GroupBy(tip => tip.Author)) result[tips.Key] = Sorted(tips);
        return new VersionVector(result.ToImmutable());
    }

    public bool Equals(VersionVector? other) => other is not null && Tips.SequenceEqual(other.Tips);

    public override bool Equals(object? obj) => Equals(obj as VersionVector);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var tip in Tips) hash.Add(tip.Hash);
        return hash.ToHashCode();
    }

    private static ImmutableArray<Tip> Sorted(IEnumerable<Tip> tips) => [.. tips.Distinct().OrderBy(tip => tip.Sequence).ThenBy(tip => tip.Hash)];

    private VersionVector With(AuthorId author, IEnumerable<Tip> tips) => new(authors.SetItem(author, Sorted(tips)));
}
