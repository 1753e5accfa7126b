using PeerDrive.Model.Addresses;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>What a link document leads to.</summary>
/// <param name="Revision">The version that it is pinned to; null: whatever is shown.</param>
public readonly record struct LinkedDocument(Volume Volume, DocumentId Document, RevisionId? Revision)
{
    /// <summary>Null: the target makes no sense, its volume is not here, or nothing is known there of the document or the version.</summary>
    /// <param name="own">The volume that the link is in.</param>
    /// <param name="find">A volume that is here; null: it is not.</param>
    public static LinkedDocument? Find(Volume own, ByteString target, Func<VolumeId, Volume?> find)
    {
        if (LinkTarget.Parse(target.Span) is not { } named) return null;
        var volume = named.Volume is { } other && other != own.Id ? find(other) : own;
        if (volume is null) return null;
        var document = named.Revision is { } revision ? volume.Reader.DocumentOf(revision) : named.Document;
        // A version is one of the document that is named with it, or of none.
        if (document is not { } known || (named.Document is { } wanted && wanted != known) || !volume.Reader.Knows(known)) return null;
        return new LinkedDocument(volume, known, named.Revision);
    }

    /// <summary>The address that a target says, whether it is here or not; null: it makes no sense, or names a version of its own volume that is unknown.</summary>
    public static Address? AddressOf(Volume own, ByteString target)
    {
        if (LinkTarget.Parse(target.Span) is not { } named) return null;
        var document = named.Document ?? (named.Revision is { } revision ? own.Reader.DocumentOf(revision) : null);
        return document is { } known ? new Address(named.Volume ?? own.Id, known, named.Revision, "") : null;
    }
}
