namespace PeerDrive.Storage.Fields;

/// <summary>How reading fields out of a content ended; the numbers are kept.</summary>
public enum ExtractionOutcome
{
    /// <summary>Its fields are known.</summary>
    Done = 1,

    /// <summary>It is of a kind that no extractor reads.</summary>
    Unknown = 2,

    /// <summary>It is damaged, or made to harm: it took too long, too much memory, or ended the extractor.</summary>
    Failed = 3,
}
