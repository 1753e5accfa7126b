using System.Security.Cryptography;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Changesets;

/// <summary>
/// The atomic unit of change: header, signature and body as bytes, with the header decoded. The bytes are kept as made or
/// received; the body is decoded on demand. Making one from bytes checks lengths and the body's hash, not the signature.
/// </summary>
public sealed class Changeset
{
    private ChangesetBody? body;

    private Changeset(ReadOnlyMemory<byte> headerBytes, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> bodyBytes)
    {
        HeaderBytes = headerBytes;
        Signature = signature;
        BodyBytes = bodyBytes;
        Header = ChangesetCodec.DecodeHeader(headerBytes);
        Hash = Id.Hash<ChangesetHash>(headerBytes.Span);
    }

    public ReadOnlyMemory<byte> HeaderBytes { get; }

    /// <summary>64 bytes, ECDSA P-256 over <see cref="HeaderBytes"/> in IEEE P1363 form.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    public ReadOnlyMemory<byte> BodyBytes { get; }

    public ChangesetHeader Header { get; }

    public ChangesetHash Hash { get; }

    /// <exception cref="PeerDriveException">Corrupt: the body does not decode.</exception>
    public ChangesetBody Body => body ??= ChangesetCodec.DecodeBody(BodyBytes);

    public Tip Tip => new(Header.Author, Header.Sequence, Hash);

    /// <summary>Makes and signs a changeset. <paramref name="header"/>'s body length and hash are filled in here.</summary>
    public static Changeset Create(ChangesetHeader header, ChangesetBody body, DeviceKey key)
    {
        var bodyBytes = ChangesetCodec.EncodeBody(body);
        var headerBytes = ChangesetCodec.EncodeHeader(header with
        {
            BodyLength = (uint)bodyBytes.Length,
            BodyHash = Bits256.Read(SHA256.HashData(bodyBytes)),
        });
        return FromParts(headerBytes, key.Sign(headerBytes), bodyBytes);
    }

    /// <exception cref="PeerDriveException">Corrupt: lengths, the body's hash or the header's form are wrong.</exception>
    public static Changeset FromParts(ReadOnlyMemory<byte> headerBytes, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> bodyBytes)
    {
        if (headerBytes.Length > ModelLimits.HeaderBytes || bodyBytes.Length > ModelLimits.BodyBytes || signature.Length != DeviceKey.SignatureBytes)
            throw new PeerDriveException(ErrorKind.Corrupt, "A changeset's header, signature or body has an impossible length.");
        var changeset = new Changeset(headerBytes, signature, bodyBytes);
        if (changeset.Header.BodyLength != bodyBytes.Length || Bits256.Read(SHA256.HashData(bodyBytes.Span)) != changeset.Header.BodyHash)
            throw new PeerDriveException(ErrorKind.Corrupt, $"The body of changeset {changeset.Hash} is not what its header says.");
        return changeset;
    }

    public bool IsSignedBy(PublicKey key) => key.Verify(HeaderBytes.Span, Signature.Span);
}
