namespace PeerDrive.Storage.Drafts;

/// <summary>Where bytes of a draft are.</summary>
internal enum RunKind
{
    Memory,
    Staged,

    /// <summary>In the content below.</summary>
    Below,
    Zeros,
}
