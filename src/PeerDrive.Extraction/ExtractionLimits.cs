namespace PeerDrive.Extraction;

/// <summary>Every cap of extraction in one place: a file may be made to harm whoever reads it.</summary>
public static class ExtractionLimits
{
    /// <summary>Number of what the extractors find; raised when they find more or something else, so that contents are looked at again.</summary>
    public const int Version = 1;

    /// <summary>Fields of one file.</summary>
    public const int Fields = 64;

    /// <summary>Characters of one value.</summary>
    public const int ValueLength = 2048;

    /// <summary>Texts in one set, as the receivers of a mail.</summary>
    public const int SetTexts = 100;

    /// <summary>Characters of text: as many bytes at least, of which the store keeps as many as it has room for.</summary>
    public const int TextLength = 256 << 10;

    /// <summary>Bytes of an answer in JSON, in which a character may take six.</summary>
    public const int AnswerBytes = 4 << 20;

    /// <summary>Bytes that are read of a file; most tell what they are in far less.</summary>
    public const long ReadBytes = 256L << 20;

    /// <summary>Bytes that one member of an archive is unpacked to, and all of an archive for its list.</summary>
    public const long UnpackedBytes = 64L << 20;

    /// <summary>Members of an archive that are counted.</summary>
    public const int Members = 1_000_000;

    /// <summary>Bytes of a mail that is read with its text; of a larger one its head is.</summary>
    public const long MailBytes = 32L << 20;

    /// <summary>Bytes that are read at once.</summary>
    public const int BlockBytes = 64 << 10;

    /// <summary>Blocks of a file that a worker remembers: 4 MiB.</summary>
    public const int Blocks = 64;

    /// <summary>Bytes of a file from which its format is told.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Heap of a worker: a bomb ends it, and nothing else.</summary>
    public const long HeapBytes = 384L << 20;

    /// <summary>Files that one worker reads before it is replaced.</summary>
    public const int FilesOfWorker = 500;
}
