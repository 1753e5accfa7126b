using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Members;

/// <summary>A person with a role in a volume.</summary>
/// <param name="Certificate">The newest that counts.</param>
/// <param name="Devices">Certificates of the devices that act for the person, sorted by DeviceId.</param>
public sealed record Member(PersonId Person, PersonCertificate Certificate, Role Role, ImmutableArray<DeviceCertificate> Devices);
