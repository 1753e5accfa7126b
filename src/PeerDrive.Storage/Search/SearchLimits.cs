namespace PeerDrive.Storage.Search;

/// <summary>Sizes and caps of search, each with its reason.</summary>
public static class SearchLimits
{
    /// <summary>Bytes of a file that are read for its words: long texts have their topics at the beginning, and the index stays small beside the files.</summary>
    public const int TextBytes = 1 << 20;

    /// <summary>Letters of one field's value that are compared.</summary>
    public const int ValueLetters = 500;

    /// <summary>Values of fields of one document.</summary>
    public const int Values = 500;

    /// <summary>Letters of all texts attached to one document.</summary>
    public const int WordLetters = 32 << 10;

    /// <summary>Entries that are written in one transaction: some tens of milliseconds, and about what a changeset holds.</summary>
    public const int BatchEntries = 1000;

    /// <summary>SQLite's cache of each of the two connections of a volume's index.</summary>
    public const int CacheKibibytes = 4096;

    /// <summary>Matches that are ordered by relevance, the newest of all; further ones follow by time.</summary>
    public const int Ranked = 2000;

    /// <summary>A set of so few is looked at one by one.</summary>
    public const int Few = 2000;

    /// <summary>Hits on one page.</summary>
    public const int Page = 500;

    /// <summary>Words about a match in a text.</summary>
    public const int SnippetWords = 16;

    /// <summary>How long an answer waits for the index to know what was just committed.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
}
