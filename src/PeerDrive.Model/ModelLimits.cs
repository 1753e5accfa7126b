namespace PeerDrive.Model;

/// <summary>Every cap of the model in one place. A value that breaks one is refused before anything is allocated for it.</summary>
public static class ModelLimits
{
    /// <summary>Operations in a changeset: bounds the work of one atomic step.</summary>
    public const int Operations = 1000;

    /// <summary>Bytes of a changeset's body. One revision with its largest xattrs fits.</summary>
    public const int BodyBytes = 256 * 1024;

    /// <summary>Bytes of a changeset's header: 200 authors' tips fit.</summary>
    public const int HeaderBytes = 16 * 1024;

    /// <summary>Bytes of an encoded revision, so that a body holds at least two.</summary>
    public const int RevisionBytes = 120 * 1024;

    /// <summary>Parents of a revision: a merge of this many heads; more are merged in steps.</summary>
    public const int Parents = 64;

    /// <summary>Bytes of a name, as on Linux.</summary>
    public const int NameBytes = 255;

    /// <summary>Bytes of a symbolic link's target, as on Linux.</summary>
    public const int TargetBytes = 4095;

    /// <summary>Bytes of one chunk.</summary>
    public const int ChunkBytes = 1024 * 1024;

    /// <summary>Content up to this size travels beside the changeset that names it.</summary>
    public const int InlineBytes = 1024;

    /// <summary>Bytes of a certificate (DER): P-256 certificates take about 400.</summary>
    public const int CertificateBytes = 4096;

    /// <summary>Levels of lists and maps inside an annotation.</summary>
    public const int AnnotationDepth = 8;

    /// <summary>Bytes of a field's name, so that it fits into that of an extended attribute.</summary>
    public const int FieldNameBytes = 200;

    /// <summary>Bytes of a value that this device writes, as a text: less than an extended attribute holds.</summary>
    public const int FieldBytes = 60 * 1024;

    /// <summary>Texts in a set that this device writes.</summary>
    public const int SetTexts = 1000;

    /// <summary>Entries of a checkpoint: some 400 MB of memory. A larger volume is joined without one.</summary>
    public const int CheckpointEntries = 1_000_000;

    /// <summary>Bytes after which a part of a checkpoint ends; with its last entry it stays below a chunk.</summary>
    public const int CheckpointPartBytes = 256 * 1024;

    /// <summary>Parts of a checkpoint: 256 MiB.</summary>
    public const int CheckpointParts = 1024;

    /// <summary>Bytes of a checkpoint's header: 1,024 parts and some thousand authors; it fits in one message.</summary>
    public const int CheckpointHeaderBytes = 512 * 1024;

    /// <summary>Folders inside each other in a checkpoint.</summary>
    public const int CheckpointDepth = 10_000;

    /// <summary>Letters of a query: more than anybody types, and its work is in proportion.</summary>
    public const int QueryLetters = 4096;

    /// <summary>Brackets and negations of a query inside each other.</summary>
    public const int QueryDepth = 32;

    /// <summary>Words and conditions of a query; each may cost a bit for every document.</summary>
    public const int QueryTerms = 64;
}
