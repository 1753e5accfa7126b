using PeerDrive.Extraction;

namespace PeerDrive.Node.Extraction;

/// <summary>How a worker ended with one file.</summary>
internal abstract record ExtractionEnd
{
    private ExtractionEnd()
    {
    }

    /// <summary>It answered.</summary>
    public sealed record Answered(Found Found) : ExtractionEnd;

    /// <summary>It died, hung, or talked nonsense: it is gone.</summary>
    public sealed record Broke(string Why) : ExtractionEnd;

    /// <summary>Part of the content is not here any more, which says nothing about the file.</summary>
    public sealed record NotHere : ExtractionEnd;
}
