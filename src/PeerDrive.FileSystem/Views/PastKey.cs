using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Views;

/// <summary>Which old state of the tree: up to a moment (nanoseconds since 1970), or as the maker of a changeset or a revision saw it. One is given.</summary>
internal readonly record struct PastKey(long? Moment, ChangesetHash? Changeset, RevisionId? Revision)
{
    public static PastKey At(long moment) => new(moment, null, null);

    public static PastKey Of(ChangesetHash changeset) => new(null, changeset, null);

    public static PastKey Of(RevisionId revision) => new(null, null, revision);

    /// <summary>Nothing that comes later can change it.</summary>
    public bool IsFinal => Moment is null;
}
