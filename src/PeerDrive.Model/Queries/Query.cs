using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Queries;

/// <summary>
/// What somebody looks for. Its text is canonical: parsing it gives an equal query. Times in it stay as they were written ("last week") and are
/// worked out when it is answered.
/// </summary>
public sealed record Query(QueryNode Root)
{
    /// <summary>The media type of a document that holds the text of a query.</summary>
    public const string MediaType = "application/x-peerdrive-query";

    /// <summary>The end of such a document's name.</summary>
    public const string FileExtension = ".query";

    /// <param name="isTyping">The text is not finished: its last word may be the beginning of one.</param>
    public static QueryParse TryParse(string text, bool isTyping = false) => QueryParser.Parse(text, isTyping);

    /// <exception cref="PeerDriveException">Invalid: it is no query; the message points at the place.</exception>
    public static Query Parse(string text, bool isTyping = false)
    {
        var parsed = TryParse(text, isTyping);
        return parsed.IsQuery ? parsed.Query : throw parsed.Error.ToException(text);
    }

    /// <summary>Whether some part asks for what is in the trash.</summary>
    public bool AsksForDeleted => Root.Leaves().Any(leaf => leaf is QueryNode.Is { State: QueryState.Deleted });

    public override string ToString() => QueryPrinter.Print(Root);
}
