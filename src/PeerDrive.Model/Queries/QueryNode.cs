using System.Collections.Immutable;

namespace PeerDrive.Model.Queries;

/// <summary>A query or a part of one. Immutable; two that print alike are equal.</summary>
public abstract record QueryNode
{
    private QueryNode()
    {
    }

    /// <summary>All of these; at least two, none of them an <see cref="And"/>.</summary>
    public sealed record And(ImmutableArray<QueryNode> Parts) : QueryNode
    {
        public bool Equals(And? other) => other is not null && Parts.SequenceEqual(other.Parts);

        public override int GetHashCode() => Parts.Length;
    }

    /// <summary>At least one of these; at least two, none of them an <see cref="Or"/>.</summary>
    public sealed record Or(ImmutableArray<QueryNode> Parts) : QueryNode
    {
        public bool Equals(Or? other) => other is not null && Parts.SequenceEqual(other.Parts);

        public override int GetHashCode() => Parts.Length;
    }

    public sealed record Not(QueryNode Part) : QueryNode;

    /// <summary>One word, or several that stand together.</summary>
    /// <param name="IsPhrase">It was quoted: more than one word, or one that would mean something else.</param>
    /// <param name="IsPrefix">The last word may go on.</param>
    public sealed record Words(string Text, WordPlace Place, bool IsPhrase, bool IsPrefix) : QueryNode;

    /// <summary>The whole name, with <c>*</c> for any letters and <c>?</c> for any one, whatever their case.</summary>
    public sealed record Name(string Pattern) : QueryNode;

    /// <summary>A field that somebody set, or that was read out of the content.</summary>
    /// <param name="Key">Small letters.</param>
    /// <param name="Value">As written; <c>*</c> alone: any value.</param>
    public sealed record Field(string Key, Comparison How, string Value) : QueryNode;

    public sealed record Tag(string Text) : QueryNode;

    /// <summary>A class of media (<see cref="MediaClass"/>), a kind of document, a media type or an extension; small letters.</summary>
    public sealed record Type(string Value) : QueryNode;

    public sealed record Size(Comparison How, long Bytes) : QueryNode;

    public sealed record Time(QueryClock Clock, Comparison How, QueryTime When) : QueryNode;

    /// <summary>Below a folder.</summary>
    /// <param name="Path">As people write it, from the volume's top.</param>
    public sealed record In(string Path) : QueryNode;

    /// <summary>What is shown was made by a person or a device whose name has these letters.</summary>
    public sealed record By(string Who) : QueryNode;

    public sealed record Is(QueryState State) : QueryNode;

    public static QueryNode AllOf(IEnumerable<QueryNode> parts)
    {
        ImmutableArray<QueryNode> flat = [.. parts.SelectMany(part => part is And and ? and.Parts : [part])];
        return flat.Length == 1 ? flat[0] : new And(flat);
    }

    public static QueryNode AnyOf(IEnumerable<QueryNode> parts)
    {
        ImmutableArray<QueryNode> flat = [.. parts.SelectMany(part => part is Or or ? or.Parts : [part])];
        return flat.Length == 1 ? flat[0] : new Or(flat);
    }

    /// <summary>All conditions in it, in the order of the text.</summary>
    public IEnumerable<QueryNode> Leaves() => this switch
    {
        And and => and.Parts.SelectMany(part => part.Leaves()),
        Or or => or.Parts.SelectMany(part => part.Leaves()),
        Not not => not.Part.Leaves(),
        _ => [this],
    };

    /// <summary>Words that a match may have, not those that it must not have.</summary>
    public IEnumerable<Words> Sought() => this switch
    {
        And and => and.Parts.SelectMany(part => part.Sought()),
        Or or => or.Parts.SelectMany(part => part.Sought()),
        Words words => [words],
        _ => [],
    };
}
