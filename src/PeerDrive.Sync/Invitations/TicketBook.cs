using System.Net;
using System.Security.Cryptography;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Invitations;

/// <summary>Tickets that this device issued for a volume. Only their hashes are kept; each works once, for one device.</summary>
public static class TicketBook
{
    private const string Schema = "CREATE TABLE IF NOT EXISTS tickets(hash BLOB PRIMARY KEY, role INTEGER NOT NULL, expires INTEGER NOT NULL, device BLOB) WITHOUT ROWID";

    /// <summary>Makes a ticket.</summary>
    /// <exception cref="PeerDriveException">Forbidden: only owners invite.</exception>
    public static Ticket Issue(Volume volume, Role role, DateTimeOffset expires, DeviceId inviter, IReadOnlyList<IPEndPoint> addresses)
    {
        if (volume.OwnRole != Role.Owner) throw new PeerDriveException(ErrorKind.Forbidden, "Only an owner of the volume may invite.");
        var ticket = new Ticket(volume.Id, role, inviter, addresses, expires, RandomNumberGenerator.GetBytes(Ticket.SecretBytes));
        lock (volume.State.Gate)
        {
            volume.State.Execute(Schema);
            volume.State.Prepare("INSERT INTO tickets VALUES(?, ?, ?, NULL)")
                .Bind(SHA256.HashData(ticket.Secret.Span)).Bind((long)role).Bind(expires.ToUnixTimeSeconds()).Run();
        }
        return ticket;
    }

    /// <summary>
    /// Accepts a ticket from a device: notes who used it, then makes the person a member. The same device may ask again, should
    /// the answer have been lost.
    /// </summary>
    /// <exception cref="PeerDriveException">Forbidden or Expired; an unknown ticket and an unknown volume give the same answer.</exception>
    internal static async Task<Role> RedeemAsync(Volume volume, ReadOnlyMemory<byte> secret, PersonCertificate person, DeviceCertificate device, DateTimeOffset now)
    {
        var role = Claim(volume, secret.Span, device.Device, now);
        await volume.CommitAsync(
            edit =>
            {
                if (volume.Members.RoleOf(person.Person) < role) edit.Administer(new Operation.Member(person, role, ReadOnlyMemory<byte>.Empty));
                if (volume.Members.CertificateOf(device.Device) is null) edit.Administer(new Operation.Device(device));
            },
            Role.Owner);
        return volume.Members.RoleOf(person.Person);
    }

    private static Role Claim(Volume volume, ReadOnlySpan<byte> secret, DeviceId device, DateTimeOffset now)
    {
        var hash = SHA256.HashData(secret);
        lock (volume.State.Gate)
        {
            volume.State.Execute(Schema);
            using var transaction = volume.State.Begin();
            Role role;
            using (var find = volume.State.Prepare("SELECT role, expires, device FROM tickets WHERE hash = ?").Bind(hash))
            {
                if (!find.Step()) throw Unknown();
                if (!find.IsNull(2) && find.Id<DeviceId>(2) != device) throw new PeerDriveException(ErrorKind.Forbidden, "The ticket was used already; ask for a new one.");
                if (find.IsNull(2) && find.Long(1) < now.ToUnixTimeSeconds()) throw new PeerDriveException(ErrorKind.Expired, "The ticket has expired; ask for a new one.");
                role = (Role)find.Int(0);
            }
            volume.State.Prepare("UPDATE tickets SET device = ? WHERE hash = ?").BindId(device).Bind(hash).Run();
            transaction.Commit();
            return role;
        }
    }

    /// <summary>The answer to every ticket that is not known.</summary>
    internal static PeerDriveException Unknown() => new(ErrorKind.Forbidden, "The ticket is not known; ask for a new one.");
}
