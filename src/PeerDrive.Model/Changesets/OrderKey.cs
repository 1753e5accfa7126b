using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Changesets;

/// <summary>
/// The place of an operation in the one order that all replicas agree on: by Lamport time, then changeset hash, then index
/// in the changeset. It extends "knew of": whoever knew of an operation comes after it.
/// </summary>
public readonly record struct OrderKey(ulong Lamport, ChangesetHash Changeset, int Index) : IComparable<OrderKey>
{
    public static OrderKey Of(Changeset changeset, int index) => new(changeset.Header.Lamport, changeset.Hash, index);

    public int CompareTo(OrderKey other)
    {
        if (Lamport != other.Lamport) return Lamport.CompareTo(other.Lamport);
        var byHash = Changeset.CompareTo(other.Changeset);
        return byHash != 0 ? byHash : Index.CompareTo(other.Index);
    }
}
