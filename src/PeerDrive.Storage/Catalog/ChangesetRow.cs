using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Catalog;

/// <summary>A changeset that the catalog knows. While it is being built its hash is zero.</summary>
internal readonly record struct ChangesetRow(
    long Id, long Chain, long Sequence, ChangesetHash Hash, ulong Lamport, LogPosition Position, bool IsVoid)
{
    public OrderKey Key(int operation) => new(Lamport, Hash, operation);
}
