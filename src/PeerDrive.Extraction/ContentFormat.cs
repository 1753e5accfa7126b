namespace PeerDrive.Extraction;

/// <summary>What a file is, as far as its first bytes tell.</summary>
public enum ContentFormat
{
    Unknown,
    Text,
    Html,
    Image,
    Media,
    Pdf,
    Mail,
    Zip,
    Tar,
    GZip,
}
