using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.History;

/// <summary>Which changes of a volume to tell.</summary>
/// <param name="Document">Only those of a document and its names; null: of any.</param>
/// <param name="Below">Only those of a folder and what is, or was, in it at any depth; null: anywhere.</param>
/// <param name="Limit">At most so many.</param>
public sealed record HistoryQuery(DocumentId? Document, EntryId? Below, int Limit)
{
    /// <summary>The last change of the page before; null: from the newest on.</summary>
    public HistoryCursor? After { get; init; }

    /// <summary>Made then or later, by their makers' clocks, nanoseconds since 1970.</summary>
    public long? Since { get; init; }

    /// <summary>Made then or earlier.</summary>
    public long? Until { get; init; }

    /// <summary>Made by one of these; null: by anybody.</summary>
    public IReadOnlySet<DeviceId>? By { get; init; }

    /// <summary>Null: all.</summary>
    public IReadOnlySet<HistoryKind>? Kinds { get; init; }

    /// <summary>What the comment contains, whatever its case; null: anything.</summary>
    public string? Comment { get; init; }
}
