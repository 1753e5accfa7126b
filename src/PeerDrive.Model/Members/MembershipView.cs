using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Members;

/// <summary>Members and devices as a subset of the membership changesets makes them.</summary>
/// <param name="changesets">In order, only those that count.</param>
/// <param name="removals">The removals among them that hold.</param>
/// <param name="ignored">Role changes that do not hold.</param>
/// <param name="signers">Who signed a device's certificate.</param>
internal sealed class MembershipView(
    VolumeId volume,
    IReadOnlyList<AuthoredOperations> changesets,
    IReadOnlyList<Removal> removals,
    IReadOnlySet<Operation> ignored,
    CertificateSigners signers)
{
    // Found when first asked for; whoever asks at the same time finds the same.
    private Dictionary<PersonId, Operation.Member>? roles;

    public VolumeId Volume { get; } = volume;

    public bool IsEmpty => changesets.Count == 0;

    public CertificateSigners Signers { get; } = signers;

    /// <summary>Present members, each with the operation that gave the role.</summary>
    public IReadOnlyDictionary<PersonId, Operation.Member> Roles => roles ??= FindRoles();

    public bool HasOwner => Roles.Values.Any(member => member.Role == Role.Owner);

    public Role RoleOf(PersonId person) => Roles.GetValueOrDefault(person)?.Role ?? Role.None;

    /// <summary>For whom a device acts, member or not; null when no certificate says so.</summary>
    public PersonId? PersonOf(DeviceId device) => BindingOf(device)?.Person;

    /// <summary>
    /// The certificate that binds a device to a person. One that the device itself published comes before others: nobody else
    /// can make that; of the rest the first in order wins.
    /// </summary>
    public (PersonId Person, DeviceCertificate Certificate)? BindingOf(DeviceId device)
    {
        (PersonId, DeviceCertificate)? first = null;
        foreach (var (changeset, operation) in Operations<Operation.Device>())
        {
            if (operation.Certificate.Device != device || Signers.SignerOf(operation.Certificate) is not { } signer) continue;
            if (changeset.Device == device) return (signer, operation.Certificate);
            first ??= (signer, operation.Certificate);
        }
        return first;
    }

    public IEnumerable<Member> Members()
    {
        var devices = Operations<Operation.Device>().Select(step => step.Operation.Certificate.Device).Distinct().Order()
            .Select(BindingOf).OfType<(PersonId Person, DeviceCertificate Certificate)>().ToLookup(binding => binding.Person, binding => binding.Certificate);
        return Roles.OrderBy(role => role.Key).Select(role => new Member(role.Key, role.Value.Certificate, role.Value.Role, [.. devices[role.Key]]));
    }

    private Dictionary<PersonId, Operation.Member> FindRoles()
    {
        var result = new Dictionary<PersonId, Operation.Member>();
        var against = removals.ToLookup(removal => removal.Operation.Person);
        foreach (var (changeset, operation) in Operations<Operation.Member>())
        {
            // Whoever was removed comes back only by the word of someone who knew of the removal.
            var person = operation.Certificate.Person;
            if (!ignored.Contains(operation) && against[person].All(removal => changeset.Knows(removal.Changeset))) result[person] = operation;
        }
        return result;
    }

    private IEnumerable<(AuthoredOperations Changeset, T Operation)> Operations<T>()
        where T : Operation => changesets.SelectMany(changeset => changeset.Operations.OfType<T>().Select(operation => (changeset, operation)));
}
