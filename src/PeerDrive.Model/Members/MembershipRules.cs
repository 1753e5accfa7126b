using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Members;

/// <summary>What a changeset may do, given the members that its maker knew of.</summary>
internal static class MembershipRules
{
    /// <summary>Null when every operation is allowed; else a sentence for logs and people.</summary>
    public static string? Refusal(MembershipView view, AuthoredOperations changeset)
    {
        if (changeset.Volume != view.Volume) return "It belongs to another volume.";
        if (view.IsEmpty) return GenesisRefusal(changeset);
        if (PersonOf(view, changeset) is not { } person) return "Its device acts for no member.";
        var role = view.RoleOf(person);
        if (role == Role.None) return "Its author is no member.";
        var owners = view.Roles.Where(member => member.Value.Role == Role.Owner).Select(member => member.Key).ToHashSet();
        var added = new List<PersonCertificate>();
        var removed = new HashSet<PersonId>();
        foreach (var operation in changeset.Operations)
        {
            var refusal = operation switch
            {
                Operation.Device device => DeviceRefusal(view, changeset, person, role, device.Certificate, added),
                Operation.Revise or Operation.Put or Operation.Delete or Operation.Unknown => role >= Role.Writer ? null : "A reader changes nothing.",
                _ when role != Role.Owner => "Only an owner changes members, settings and features.",
                Operation.Member member => MemberRefusal(member, owners, added, removed),
                Operation.RemoveMember remove => RemovalRefusal(view, remove, owners, added, removed),
                _ => null,
            };
            if (refusal is not null) return refusal;
        }
        return null;
    }

    /// <summary>For whom the changeset's device acts, also when the changeset itself brings the device's certificate.</summary>
    public static PersonId? PersonOf(MembershipView view, AuthoredOperations changeset) => view.PersonOf(changeset.Device)
        ?? changeset.Operations.OfType<Operation.Device>().Where(device => device.Certificate.Device == changeset.Device)
            .Select(device => view.Signers.SignerOf(device.Certificate)).FirstOrDefault(signer => signer is not null);

    private static string? GenesisRefusal(AuthoredOperations changeset)
    {
        if (changeset.Tip.Sequence != 1 || changeset.Dependencies.Tips.Any()) return "What it depends on makes nobody a member.";
        var first = changeset.Operations.OfType<Operation.Member>().FirstOrDefault();
        if (first is not { Role: Role.Owner, Nonce.Length: Genesis.NonceBytes }
            || Genesis.VolumeOf(first.Certificate.Person, first.Nonce.Span) != changeset.Volume) return "It begins another volume.";
        if (changeset.Operations.Any(operation => operation is Operation.RemoveMember or Operation.Member { Nonce.Length: > 0 } && !ReferenceEquals(operation, first)))
            return "A volume's first changeset names its first owner once and removes nobody.";
        var persons = changeset.Operations.OfType<Operation.Member>().Select(member => member.Certificate).ToArray();
        var devices = changeset.Operations.OfType<Operation.Device>().Select(device => device.Certificate).ToArray();
        if (!devices.Any(device => device.Device == changeset.Device && device.IsSignedBy(first.Certificate))) return "Its device does not act for the volume's first owner.";
        return devices.All(device => persons.Any(device.IsSignedBy)) ? null : "A device's certificate is signed by no member.";
    }

    private static string? DeviceRefusal(
        MembershipView view, AuthoredOperations changeset, PersonId person, Role role, DeviceCertificate device, List<PersonCertificate> added)
    {
        var signer = view.Signers.SignerOf(device);
        if (signer is not { } known || view.RoleOf(known) == Role.None) signer = added.Find(device.IsSignedBy)?.Person;
        if (signer is null) return "A device's certificate is signed by no member.";
        if (view.PersonOf(device.Device) is { } other && other != signer) return "The device acts for another member already.";
        if (role == Role.Owner) return null;
        if (signer != person) return "A member adds no devices but his or her own.";
        return role == Role.Reader && device.Device != changeset.Device ? "A reader's device adds nothing but itself." : null;
    }

    private static string? MemberRefusal(Operation.Member member, HashSet<PersonId> owners, List<PersonCertificate> added, HashSet<PersonId> removed)
    {
        var person = member.Certificate.Person;
        if (!member.Nonce.IsEmpty) return "Only a volume's first changeset carries a nonce.";
        if (removed.Contains(person)) return "One changeset both adds and removes a member.";
        if (member.Role == Role.Owner) owners.Add(person);
        else owners.Remove(person);
        if (owners.Count == 0) return "The volume would be left without an owner.";
        added.Add(member.Certificate);
        return null;
    }

    private static string? RemovalRefusal(
        MembershipView view, Operation.RemoveMember remove, HashSet<PersonId> owners, List<PersonCertificate> added, HashSet<PersonId> removed)
    {
        if (added.Exists(certificate => certificate.Person == remove.Person)) return "One changeset both adds and removes a member.";
        if (view.RoleOf(remove.Person) == Role.None) return "Who is removed is no member.";
        removed.Add(remove.Person);
        owners.Remove(remove.Person);
        return owners.Count == 0 ? "The volume would be left without an owner." : null;
    }
}
