using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Catalog;

/// <summary>One unforked run of an author's log.</summary>
/// <param name="BranchOf">The chain that it branches off; null for an author's first.</param>
/// <param name="BranchAt">The last sequence that both have in common; 0 for an author's first.</param>
internal readonly record struct ChainRow(
    long Id, AuthorId Author, DeviceId Device, long? BranchOf, long BranchAt, long Sequence, ChangesetHash Hash)
{
    public Tip Tip => new(Author, (ulong)Sequence, Hash);
}
