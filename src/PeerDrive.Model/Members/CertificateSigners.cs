using System.Collections.Concurrent;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Members;

/// <summary>Which of a volume's persons signed a device's certificate; remembers, since verifying is slow. Thread-safe.</summary>
internal sealed class CertificateSigners(IEnumerable<PersonCertificate> persons)
{
    private readonly PersonCertificate[] persons = [.. persons.DistinctBy(person => person.Person)];
    private readonly ConcurrentDictionary<DeviceCertificate, PersonId?> known = [];

    /// <summary>Null when none of the persons did.</summary>
    public PersonId? SignerOf(DeviceCertificate certificate) => known.GetOrAdd(
        certificate, static (device, all) => Array.Find(all, device.IsSignedBy)?.Person, persons);
}
