using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Node.Api;

/// <summary>Who this node is; moving a person to further devices.</summary>
internal static class IdentityRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("identity", new("Who this node is.") { Answers = typeof(IdentityStatus) }, call => call.AnswerAsync(Status(node.Core.Identity)));
        api.Post("identity/export", new("The person's key, locked with a passphrase.") { Takes = typeof(PassphraseRequest), Answers = typeof(IdentityExport) }, async call =>
        {
            var request = await call.BodyAsync<PassphraseRequest>().ConfigureAwait(false);
            var person = node.Core.Identity.Person
                ?? throw new PeerDriveException(ErrorKind.NotFound, "The person's key is not on this device; export it on the one where it was made.");
            await call.AnswerAsync(new IdentityExport(PersonExport.Write(person, request.Passphrase))).ConfigureAwait(false);
        });
        api.Post("identity/import", new("Makes this device one of the person whose key it is.") { Takes = typeof(PassphraseRequest), Answers = typeof(IdentityStatus) }, async call =>
        {
            var request = await call.BodyAsync<PassphraseRequest>().ConfigureAwait(false);
            if (request.Text is null) throw new PeerDriveException(ErrorKind.Invalid, "The exported text is missing.");
            await node.AdoptAsync(PersonExport.Read(request.Text, request.Passphrase), call.Cancellation).ConfigureAwait(false);
            await call.AnswerAsync(Status(node.Core.Identity)).ConfigureAwait(false);
        });
    }

    private static IdentityStatus Status(IdentityStore identity) => new(
        DeviceIdText.Format(identity.Device.Device),
        identity.Device.Certificate.Name,
        identity.PersonCertificate.Person.ToHex(),
        identity.PersonCertificate.Name,
        identity.Person is not null,
        Fingerprint(identity.PersonCertificate.Person));

    /// <summary>The first 128 bits of the PersonId in groups of four digits, to be compared by eye.</summary>
    private static string Fingerprint(PersonId person) => string.Join(' ', person.ToHex()[..32].Chunk(4).Select(group => new string(group)));
}
