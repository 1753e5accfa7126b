using System.Collections.Immutable;
using PeerDrive.FileSystem.Handles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>One revision of a file, a symbolic link or a special file: the same node wherever it is found.</summary>
internal sealed class RevisionNode(VolumeViews views, RevisionView revision) : ViewNode(views, new ViewKey(ViewKind.Revision, revision.Id.ToHex()))
{
    private Revision? loaded;

    public override FileKind FileKind => Kinds.Of(revision.Kind);

    private ImmutableSortedDictionary<ByteString, ByteString> Xattrs => revision.HasXattrs ? DesktopAttributes.Shown(Load().State) : ImmutableSortedDictionary<ByteString, ByteString>.Empty;

    public override NodeAttributes GetAttributes() => Views.AttributesOf(Inode, revision, FileKind) is var shown && revision.Kind == DocumentKind.Link ? shown with { Size = Address().Span.Length } : shown;

    public override Outcome<OpenFile> Open(in Caller caller, FileAccess access, bool truncates)
    {
        if (revision.Kind != DocumentKind.File) return ErrorKind.BehindEnd;
        if (access != FileAccess.Read || truncates) return ErrorKind.ReadOnly;
        var contents = Views.Volume.Contents;
        return new OpenRevision(this, revision.Id, contents.OpenReader(revision.Content), new ReadPace(contents, Views.Time));
    }

    /// <summary>An old link says what it referred to, and leads nowhere: what it led to then may be another place now.</summary>
    public override Outcome<ByteString> ReadTarget() => revision.Kind switch
    {
        DocumentKind.SymbolicLink => Load().State.Target,
        DocumentKind.Link => Address(),
        _ => ErrorKind.Invalid,
    };

    /// <summary>Those of the revision, and unlisted its comment.</summary>
    public override Outcome<ReadOnlyMemory<byte>> GetXattr(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(XattrOperations.CommentName)) return Load().Fields.Comment is { Length: > 0 } comment ? Value(System.Text.Encoding.UTF8.GetBytes(comment)) : ErrorKind.NoAttribute;
        return Xattrs.TryGetValue(new ByteString(name), out var value) ? Value(value.Span.ToArray()) : ErrorKind.NoAttribute;
    }

    public override Outcome<IReadOnlyList<ByteString>> ListXattrs() => new([.. Xattrs.Keys], null);

    private static Outcome<ReadOnlyMemory<byte>> Value(byte[] bytes) => new(bytes, null);

    private ByteString Address() => LinkTexts.Address(Views.Volume, Load().State.Target);

    private Revision Load() => loaded ??= Views.Reader.Revision(revision.Id) ?? throw new PeerDriveException(ErrorKind.NotHere, $"Revision {revision.Id} is not here any more.");
}
