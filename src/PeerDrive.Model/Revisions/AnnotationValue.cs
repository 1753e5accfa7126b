using System.Collections.Immutable;

namespace PeerDrive.Model.Revisions;

/// <summary>A typed value that a person or a program attached to a document.</summary>
public abstract record AnnotationValue
{
    private AnnotationValue()
    {
    }

    public sealed record Text(string Value) : AnnotationValue;

    public sealed record Number(double Value) : AnnotationValue;

    public sealed record Boolean(bool Value) : AnnotationValue;

    /// <param name="Value">Nanoseconds since 1970.</param>
    public sealed record Time(long Value) : AnnotationValue;

    /// <param name="Texts">Distinct; merges by additions and removals.</param>
    public sealed record TextSet(ImmutableSortedSet<string> Texts) : AnnotationValue
    {
        public bool Equals(TextSet? other) => other is not null && Texts.SetEquals(other.Texts);

        public override int GetHashCode() => Texts.Count;
    }

    /// <param name="Target">A DocumentId (16 bytes) or a RevisionId (32 bytes).</param>
    public sealed record Link(ByteString Target) : AnnotationValue;

    public sealed record List(ImmutableArray<AnnotationValue> Values) : AnnotationValue
    {
        public bool Equals(List? other) => other is not null && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => Values.Length;
    }

    public sealed record Map(ImmutableSortedDictionary<string, AnnotationValue> Fields) : AnnotationValue
    {
        public bool Equals(Map? other) => other is not null && Fields.Count == other.Fields.Count
            && Fields.All(field => other.Fields.TryGetValue(field.Key, out var value) && value.Equals(field.Value));

        public override int GetHashCode() => Fields.Count;
    }
}
