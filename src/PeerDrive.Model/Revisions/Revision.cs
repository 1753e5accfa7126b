using System.Collections.Immutable;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Revisions;

/// <summary>One immutable state of a document with its place in history, and the bytes that its id is the hash of.</summary>
public sealed class Revision
{
    private Revision(RevisionFields fields, ReadOnlyMemory<byte> encoded)
    {
        Fields = fields;
        Encoded = encoded;
        Id = Identifiers.Id.Hash<RevisionId>(encoded.Span);
    }

    public RevisionId Id { get; }

    /// <summary>As made or received; never encoded again.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    public RevisionFields Fields { get; }

    public DocumentId Document => Fields.Document;

    public ImmutableArray<RevisionId> Parents => Fields.Parents;

    public RevisionState State => Fields.State;

    public bool IsMerge => Fields.Merge != 0;

    /// <summary>Encodes a revision and decodes it again, so that its fields are what everybody else will read: parents sorted and distinct.</summary>
    /// <exception cref="PeerDriveException">
    /// LimitExceeded: too many parents, or xattrs and annotations too large together. Invalid: a value that nobody would accept.
    /// </exception>
    public static Revision Create(RevisionFields fields)
    {
        var encoded = RevisionCodec.Encode(fields);
        if (encoded.Length > ModelLimits.RevisionBytes || fields.Parents.Length > ModelLimits.Parents)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"Attributes and annotations of one document take at most {ModelLimits.RevisionBytes} bytes; these take {encoded.Length}.");
        try
        {
            return Decode(encoded);
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(ErrorKind.Invalid, $"This cannot be stored as a revision. {e.Message}", e);
        }
    }

    /// <exception cref="PeerDriveException">Corrupt: the bytes are no revision.</exception>
    public static Revision Decode(ReadOnlyMemory<byte> encoded) => new(RevisionCodec.Decode(encoded), encoded);
}
