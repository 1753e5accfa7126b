using System.Diagnostics.CodeAnalysis;

namespace PeerDrive.Model.Queries;

/// <summary>What a text is as a query: a query, or why it is none.</summary>
public sealed record QueryParse(Query? Query, QueryError? Error)
{
    [MemberNotNullWhen(true, nameof(Query))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsQuery => Query is not null;
}
