using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tree;

/// <summary>A changeset reduced to what the tree rules look at.</summary>
/// <param name="Hash">Decides the order of equal Lamport times; unique.</param>
/// <param name="Dependencies">Author → greatest sequence its maker had seen: the whole vector, not the header's difference.</param>
public sealed record TreeChangeset(
    ulong Lamport,
    ChangesetHash Hash,
    AuthorId Author,
    ulong Sequence,
    IReadOnlyDictionary<AuthorId, ulong> Dependencies,
    ImmutableArray<TreeOperation> Operations)
{
    /// <summary>Reduces a changeset. Merges are left out: they are no one's edit and keep nothing alive.</summary>
    /// <param name="dependencies">The maker's whole vector.</param>
    public static TreeChangeset Of(Changeset changeset, VersionVector dependencies) => new(
        changeset.Header.Lamport,
        changeset.Hash,
        changeset.Header.Author,
        changeset.Header.Sequence,
        dependencies.Authors.ToDictionary(author => author, dependencies.SequenceOf),
        [.. changeset.Body.Operations.Select(Reduce).OfType<TreeOperation>()]);

    /// <summary>Reduces a changeset of a store that tells the branches of a forked log apart.</summary>
    /// <param name="branch">Stands for the branch that the changeset lies on.</param>
    /// <param name="seen">Branch → greatest sequence that the maker had seen, the changeset itself included or not.</param>
    public static TreeChangeset Of(Changeset changeset, AuthorId branch, IReadOnlyDictionary<AuthorId, ulong> seen) => new(
        changeset.Header.Lamport, changeset.Hash, branch, changeset.Header.Sequence, seen,
        [.. changeset.Body.Operations.Select(Reduce).OfType<TreeOperation>()]);

    /// <summary>Whether this changeset was made by someone who had seen <paramref name="other"/>.</summary>
    public bool Knows(TreeChangeset other) =>
        (Author == other.Author && Sequence >= other.Sequence)
        || (Dependencies.TryGetValue(other.Author, out var seen) && seen >= other.Sequence);

    public bool IsConcurrentWith(TreeChangeset other) => !Knows(other) && !other.Knows(this);

    private static TreeOperation? Reduce(Operation operation) => operation switch
    {
        Operation.Put put => new TreeOperation.Put(put.Entry, put.Parent, put.Name, put.Document, put.IsFolder),
        Operation.Delete delete => new TreeOperation.Delete(delete.Entry, delete.Parent),
        Operation.Revise { Revision.IsMerge: false } revise => new TreeOperation.Revise(revise.Revision.Document, revise.Through),
        _ => null,
    };
}
