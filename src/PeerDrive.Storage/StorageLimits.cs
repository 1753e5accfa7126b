namespace PeerDrive.Storage;

/// <summary>Sizes and caps of the storage formats, each with its reason.</summary>
public static class StorageLimits
{
    /// <summary>A pack is sealed at this size: large enough for few files, small enough to be rewritten when it is collected.</summary>
    public const long PackBytes = 64L << 20;

    /// <summary>A log file is followed by the next one at this size, so that none grows without end.</summary>
    public const long LogFileBytes = 64L << 20;

    /// <summary>Content from this size on may become a raw file: smaller ones would only add files to the disk.</summary>
    public const long RawBytes = 8L << 20;

    /// <summary>The disk begins with what was appended after this many bytes: a sync at the end would have it idle until then.</summary>
    public const int WriteBehindBytes = 8 << 20;

    /// <summary>Chunks below this size are not worth a try at compression.</summary>
    public const int CompressBytes = 128;

    /// <summary>Stored chunks whose place is not yet in the catalog; bounds memory and the work of a restart.</summary>
    public const int PendingChunks = 4096;

    /// <summary>Decompressed chunks that a volume keeps for those who read at random.</summary>
    public const long ChunkCacheBytes = 64L << 20;

    /// <summary>Chunks of which it is remembered that their checksum was right, about 100 bytes each.</summary>
    public const int CheckedChunks = 1 << 16;

    /// <summary>A draft has no file until more than this is written to it: most files are smaller and soon in a pack.</summary>
    public const int DraftMemoryBytes = 64 << 10;

    /// <summary>What all drafts of a volume together keep in memory.</summary>
    public const long DraftsMemoryBytes = 64L << 20;

    /// <summary>A file's greatest length: that of ext4, below which staging files can be sparse.</summary>
    public const long FileBytes = 1L << 44;

    /// <summary>What a draft's owner may keep with it; more would make each fsync slow.</summary>
    public const int DraftClaimBytes = 1 << 20;

    /// <summary>Bytes brought ahead of a reader whose pace is not known yet.</summary>
    public const long FirstReadAheadBytes = 512 << 10;

    /// <summary>Bytes brought ahead of a reader at most: a gigabit link of 100 ms stays full, and a seek wastes no more.</summary>
    public const long MostReadAheadBytes = 32L << 20;

    /// <summary>As much is brought ahead as a reader takes in this time: a stall of a few seconds is not seen.</summary>
    public static readonly TimeSpan ReadAheadTime = TimeSpan.FromSeconds(4);

    /// <summary>A reader that leaves out no more than this still reads on: programs and the kernel read a little out of order.</summary>
    public const long ReadGapBytes = 1L << 20;

    /// <summary>Fields of one content that are kept.</summary>
    public const int ExtractedFields = 64;

    /// <summary>Bytes of the text of one content that are kept: a long article, or the beginning of a book.</summary>
    public const int ExtractedTextBytes = 256 << 10;

    /// <summary>Names of fields whose types are remembered.</summary>
    public const int FieldTypes = 10_000;
}
