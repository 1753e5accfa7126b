using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Search;

/// <summary>
/// Fields and texts of contents, for the search index. What is told of a content depends on its bytes (and on whether it is taken for text) only.
/// Called by one thread, which is the index's own and may be kept waiting.
/// </summary>
public interface IDocumentTexts
{
    /// <summary>What is known of a content; null: nothing yet, as it is not here or was not looked at. Then it is asked again when it arrives or is news.</summary>
    /// <param name="media">What the document's name and media type say; pictures, music, films and archives have no plain text.</param>
    DocumentText? Read(Content content, MediaClass media);

    /// <summary>Contents of which something else is known since a cursor, which was 0 at first. At most <paramref name="limit"/>.</summary>
    TextNews Since(long cursor, int limit);

    /// <summary>There may be news. Called on any thread.</summary>
    event Action? Changed;
}
