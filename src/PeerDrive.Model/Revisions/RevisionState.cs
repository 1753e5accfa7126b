using System.Collections.Immutable;

namespace PeerDrive.Model.Revisions;

/// <summary>
/// What a document is like in one revision, without its place in history: everything that an edit can change and a merge
/// has to decide.
/// </summary>
public sealed record RevisionState
{
    public required DocumentKind Kind { get; init; }

    /// <summary>Files only.</summary>
    public Content Content { get; init; }

    /// <summary>Permission bits, 07777.</summary>
    public uint Mode { get; init; }

    public Owner Owner { get; init; } = new(0, "");

    public Owner Group { get; init; } = new(0, "");

    /// <summary>Nanoseconds since 1970.</summary>
    public long Mtime { get; init; }

    public ImmutableSortedDictionary<ByteString, ByteString> Xattrs { get; init; } = ImmutableSortedDictionary<ByteString, ByteString>.Empty;

    public string MediaType { get; init; } = "";

    public ImmutableSortedDictionary<string, AnnotationValue> Annotations { get; init; } = NoAnnotations;

    /// <summary>Symbolic links: the target's bytes. Links: a DocumentId or a RevisionId.</summary>
    public ByteString Target { get; init; }

    /// <summary>Character and block devices: the device number.</summary>
    public ulong DeviceNumber { get; init; }

    /// <summary>The empty set of annotations, ordered by the bytes of their names as the format wants it.</summary>
    public static ImmutableSortedDictionary<string, AnnotationValue> NoAnnotations { get; } =
        ImmutableSortedDictionary.Create<string, AnnotationValue>(StringComparer.Ordinal);

    /// <summary>Whether both have the same values in everything, attributes included.</summary>
    public bool SameAs(RevisionState other) =>
        (this with { Xattrs = other.Xattrs, Annotations = other.Annotations }) == other
        && Xattrs.SequenceEqual(other.Xattrs) && Annotations.SequenceEqual(other.Annotations);
}
