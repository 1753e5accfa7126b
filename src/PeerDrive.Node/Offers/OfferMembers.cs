using Microsoft.Extensions.Logging;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Offers;

/// <summary>Makes the members of a group readers of what is offered to it, and nobody else.</summary>
internal sealed class OfferMembers(ILogger log)
{
    /// <summary>Whom an offer could not be given to; tried again after a restart.</summary>
    private readonly HashSet<(VolumeId Offer, PersonId Person)> failed = [];

    /// <param name="group">Null: it is not here any more, and the offer is nobody's.</param>
    public async Task FollowAsync(Volume offer, Volume? group)
    {
        if (offer.OwnRole != Role.Owner) return;
        var wanted = group is null || group.OwnRole == Role.None ? [] : group.Members.All;
        foreach (var member in wanted.Where(member => IsLacking(offer, member) && !failed.Contains((offer.Id, member.Person))))
        {
            await TryAsync(offer, member.Person, edit =>
            {
                if (offer.Members.RoleOf(member.Person) == Role.None) edit.Administer(new Operation.Member(member.Certificate, Role.Reader, ReadOnlyMemory<byte>.Empty));
                foreach (var device in member.Devices.Where(device => offer.Members.CertificateOf(device.Device) is null)) edit.Administer(new Operation.Device(device));
            }).ConfigureAwait(false);
        }
        foreach (var member in offer.Members.All.Where(member => member.Role != Role.Owner && wanted.All(other => other.Person != member.Person)))
            await TryAsync(offer, member.Person, edit => edit.RemoveMember(member.Person)).ConfigureAwait(false);
    }

    private static bool IsLacking(Volume offer, Member member) =>
        offer.Members.RoleOf(member.Person) == Role.None || member.Devices.Any(device => offer.Members.CertificateOf(device.Device) is null);

    private async Task TryAsync(Volume offer, PersonId person, Action<VolumeEdit> change)
    {
        try
        {
            await offer.CommitAsync(change, Role.Owner).ConfigureAwait(false);
        }
        catch (PeerDriveException e) when (e.Kind is not (ErrorKind.NoSpace or ErrorKind.Io))
        {
            // One member whose certificates make no sense must not keep the others out.
            failed.Add((offer.Id, person));
            log.OfferFailed(offer.Name, e.Message);
        }
    }
}
