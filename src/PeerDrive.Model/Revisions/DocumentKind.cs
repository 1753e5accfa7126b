namespace PeerDrive.Model.Revisions;

/// <summary>What a document is; the numbers are part of the format.</summary>
public enum DocumentKind
{
    File = 1,
    Folder = 2,
    SymbolicLink = 3,

    /// <summary>Refers to a document or a revision by identity; survives every move of its target.</summary>
    Link = 4,
    Fifo = 5,
    Socket = 6,
    CharacterDevice = 7,
    BlockDevice = 8,
}
