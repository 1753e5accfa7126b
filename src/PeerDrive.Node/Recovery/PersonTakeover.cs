using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Recovery;

/// <summary>Lets another person, with a new device, into the volumes of this node, as far as the present person may let anybody in.</summary>
internal sealed class PersonTakeover(IReadOnlyList<Volume> volumes, PersonCertificate person, DeviceCertificate device)
{
    /// <summary>Looks at every volume before it changes any.</summary>
    /// <exception cref="PeerDriveException">Conflict: the person may not act in one of them.</exception>
    public async Task PrepareAsync()
    {
        if (volumes.Where(IsClosed).Select(volume => volume.Name).ToList() is { Count: > 0 } closed)
        {
            throw new PeerDriveException(
                ErrorKind.Conflict,
                $"{person.Name} is no member of {string.Join(", ", closed)}, where this device is no owner and cannot let anybody in. "
                + $"Ask an owner for a ticket, join with it on a device of {person.Name}'s, and import again once that has come here.");
        }
        foreach (var volume in volumes.Where(volume => volume.OwnRole == Role.Owner))
        {
            await volume.CommitAsync(edit =>
            {
                if (volume.Members.RoleOf(person.Person) < Role.Owner) edit.Administer(new Operation.Member(person, Role.Owner, ReadOnlyMemory<byte>.Empty));
                edit.Administer(new Operation.Device(device));
            }, Role.Owner).ConfigureAwait(false);
        }
    }

    /// <summary>Members let their own devices in; others need an owner. Nothing is lost where this device was removed itself.</summary>
    private bool IsClosed(Volume volume) =>
        volume.OwnRole != Role.Owner && volume.Members.RoleOf(person.Person) == Role.None && (volume.OwnRole != Role.None || volume.Members.All.Count == 0);
}
