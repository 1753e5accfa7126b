namespace PeerDrive.Extraction.Formats;

/// <summary>Reads fields and text out of files of some formats. Whatever it throws is a problem of the file.</summary>
internal interface IExtractor
{
    /// <param name="file">Read-only, seekable; reading throws when the limits are reached.</param>
    void Extract(Stream file, FoundSink found);
}
