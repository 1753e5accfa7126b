using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Identity;

/// <summary>A person's self-signed certificate: who signs device certificates. Two are equal when their bytes are.</summary>
public sealed class PersonCertificate : IEquatable<PersonCertificate>
{
    private PersonCertificate(ReadOnlyMemory<byte> der)
    {
        Der = der;
        var (info, name) = Certificates.Read(der.Span);
        Key = PublicKey.Import(info);
        Person = Id.Hash<PersonId>(info);
        Name = name;
    }

    public ReadOnlyMemory<byte> Der { get; }

    public PersonId Person { get; }

    /// <summary>What the person calls himself or herself; a claim, not an identity.</summary>
    public string Name { get; }

    public PublicKey Key { get; }

    /// <exception cref="PeerDriveException">Corrupt: not a certificate that signs itself with P-256.</exception>
    public static PersonCertificate Decode(ReadOnlyMemory<byte> der)
    {
        var person = new PersonCertificate(der);
        return Certificates.IsSignedBy(der, person.Key)
            ? person
            : throw new PeerDriveException(ErrorKind.Corrupt, "A person's certificate is not signed with its own key.");
    }

    public bool Equals(PersonCertificate? other) => other is not null && Der.Span.SequenceEqual(other.Der.Span);

    public override bool Equals(object? obj) => Equals(obj as PersonCertificate);

    public override int GetHashCode() => Person.GetHashCode();
}
