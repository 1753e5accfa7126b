using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Members;

/// <summary>A changeset reduced to what rights are judged by.</summary>
/// <param name="Dependencies">The maker's whole vector, not the header's difference.</param>
/// <param name="Operations">All of them: content needs rights too.</param>
public sealed record AuthoredOperations(
    VolumeId Volume, DeviceId Device, Tip Tip, ulong Lamport, VersionVector Dependencies, ImmutableArray<Operation> Operations)
{
    /// <summary>Whether <see cref="Membership"/> needs to know it: it changes who may do what.</summary>
    public bool ChangesMembers => Operations.Any(operation => operation is Operation.Member or Operation.Device or Operation.RemoveMember);

    /// <summary>Nothing but removals, which hold against a concurrent removal of their author.</summary>
    internal bool OnlyRemoves => Operations.All(operation => operation is Operation.RemoveMember);

    internal OrderKey At => new(Lamport, Tip.Hash, 0);

    /// <param name="dependencies">The maker's whole vector.</param>
    public static AuthoredOperations Of(Changeset changeset, VersionVector dependencies) => new(
        changeset.Header.Volume, changeset.Header.Device, changeset.Tip, changeset.Header.Lamport, dependencies, changeset.Body.Operations);

    /// <summary>Whether its maker had seen <paramref name="other"/>, which is not itself.</summary>
    internal bool Knows(AuthoredOperations other) => other.Tip != Tip
        && ((Tip.Author == other.Tip.Author && Tip.Sequence > other.Tip.Sequence) || Dependencies.Covers(other.Tip.Author, other.Tip.Sequence));
}
