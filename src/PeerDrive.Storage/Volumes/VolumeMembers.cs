using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>The members of a volume as its log has them. What is public may be asked at any time.</summary>
public sealed class VolumeMembers
{
    private readonly VolumeId volume;
    private readonly VolumeCatalog catalog;
    private readonly Func<LogPosition, Changeset> readLog;
    private Membership current;
    private bool hasRemovals;

    internal VolumeMembers(VolumeId volume, VolumeCatalog catalog, Func<LogPosition, Changeset> readLog)
    {
        this.volume = volume;
        this.catalog = catalog;
        this.readLog = readLog;
        current = Membership.Of(volume, [], IsBefore);
    }

    /// <summary>Present members, sorted by PersonId.</summary>
    public IReadOnlyList<Member> All => Volatile.Read(ref current).Members;

    public Role RoleOf(PersonId person) => Volatile.Read(ref current).RoleOf(person);

    public Role RoleOf(DeviceId device) => Volatile.Read(ref current).RoleOf(device);

    /// <summary>For whom a device acts, member or not; null when no certificate says so.</summary>
    public PersonId? PersonOf(DeviceId device) => Volatile.Read(ref current).PersonOf(device);

    /// <summary>What a device calls itself; the beginning of its id when nothing is known of it.</summary>
    public string DeviceName(DeviceId device) => CertificateOf(device)?.Name ?? device.ToHex()[..8];

    public DeviceCertificate? CertificateOf(DeviceId device) => Volatile.Read(ref current).CertificateOf(device);

    /// <summary>Reads all membership changesets anew. The caller holds the catalog's gate, as for all below.</summary>
    internal void Reload()
    {
        var changesets = catalog.MembershipChangesets().Select(row => Authored(readLog(row.Position))).ToList();
        hasRemovals = changesets.Any(HasRemoval);
        Volatile.Write(ref current, Membership.Of(volume, changesets, IsBefore));
    }

    /// <summary>Takes in a changeset that is stored and changes members.</summary>
    /// <returns>Whether some changeset that is stored became void by it, or counts again.</returns>
    internal bool Add(Changeset changeset)
    {
        var authored = Authored(changeset);
        hasRemovals |= HasRemoval(authored);
        Volatile.Write(ref current, current.With(authored));
        return hasRemovals && catalog.Chains.AnyStored(row => row.IsVoid == Counts(readLog(row.Position)));
    }

    /// <summary>Why a changeset may not be applied; null when it may.</summary>
    internal string? Refusal(Changeset changeset) => current.Refusal(Authored(changeset));

    /// <summary>False: it is void, stored but never seen.</summary>
    internal bool Counts(Changeset changeset) => !hasRemovals || current.Counts(Authored(changeset));

    private static bool HasRemoval(AuthoredOperations changeset) => changeset.Operations.Any(operation => operation is Operation.RemoveMember);

    private AuthoredOperations Authored(Changeset changeset) => AuthoredOperations.Of(changeset, catalog.Chains.DependenciesOf(changeset.Header));

    private bool IsBefore(Tip tip, Tip limit) => IsBefore(catalog.Chains, tip, limit);

    /// <summary>Whether a tip is another, or lies before it on the same branch of the author's log.</summary>
    internal static bool IsBefore(ChainTable chains, Tip tip, Tip limit)
    {
        if (tip == limit) return true;
        if (chains.Find(limit.Hash) is not { } end) return tip.Sequence <= limit.Sequence;
        return chains.Find(tip.Hash) is { } row && chains.VectorOf(end).TryGetValue(row.Chain, out var sequence) && sequence >= row.Sequence;
    }
}
