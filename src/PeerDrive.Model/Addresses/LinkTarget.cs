using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Addresses;

/// <summary>What a link document refers to, as its revision's target has it (docs/format.md). At least one of document and revision is named.</summary>
/// <param name="Volume">Null: the volume that the link is in.</param>
/// <param name="Document">Null: the one whose revision is named, of the link's own volume.</param>
/// <param name="Revision">The version that the link is pinned to; null: it follows the document.</param>
public sealed record LinkTarget(VolumeId? Volume, DocumentId? Document, RevisionId? Revision)
{
    /// <summary>The first byte where a volume is named: no id alone has that many bytes.</summary>
    private const byte WithVolume = 1;

    private static int LongBytes => 1 + VolumeId.Size + DocumentId.Size;

    /// <summary>Null: the bytes say nothing that this version understands.</summary>
    public static LinkTarget? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == DocumentId.Size) return new LinkTarget(null, DocumentId.Read(bytes), null);
        if (bytes.Length == RevisionId.Size) return new LinkTarget(null, null, RevisionId.Read(bytes));
        if (bytes.Length != LongBytes && bytes.Length != LongBytes + RevisionId.Size) return null;
        if (bytes[0] != WithVolume) return null;
        var ids = bytes[1..];
        return new LinkTarget(
            VolumeId.Read(ids), DocumentId.Read(ids[VolumeId.Size..]), bytes.Length == LongBytes ? null : RevisionId.Read(ids[(VolumeId.Size + DocumentId.Size)..]));
    }

    /// <param name="own">The volume that the link is in.</param>
    public static LinkTarget Of(VolumeId own, VolumeId volume, DocumentId document, RevisionId? revision) =>
        volume != own ? new LinkTarget(volume, document, revision) : revision is { } pinned ? new LinkTarget(null, null, pinned) : new LinkTarget(null, document, null);

    public ByteString Encode() => new((Volume, Document, Revision) switch
    {
        (null, { } document, null) => document.ToBytes(),
        (null, null, { } revision) => revision.ToBytes(),
        ({ } volume, { } document, null) => [WithVolume, .. volume.ToBytes(), .. document.ToBytes()],
        ({ } volume, { } document, { } revision) => [WithVolume, .. volume.ToBytes(), .. document.ToBytes(), .. revision.ToBytes()],
        _ => throw new PeerDriveException(ErrorKind.Internal, "A link names a document, a revision, or both with a volume."),
    });
}
