using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Contents;

namespace PeerDrive.FileSystem.Views;

/// <summary>An open file of the views.</summary>
internal sealed class OpenRevision(RevisionNode node, RevisionId revision, ContentReader reader, ReadPace pace) : OpenFile
{
    public override NodeView View => new(node.Id, node.Generation, node.GetAttributes());

    /// <exception cref="PeerDriveException">NotHere, Corrupt or Io.</exception>
    public override int Read(long offset, Span<byte> destination)
    {
        try
        {
            var read = reader.Read(offset, destination);
            pace.Note(reader.Content, offset, read);
            return read;
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(e.Kind, $"Revision {revision.ToHex()[..12]}: {e.Message}", e);
        }
    }

    public override async Task BringAsync(long offset, int length, CancellationToken cancellation)
    {
        try
        {
            await pace.BringAsync(reader.Content, offset, length, cancellation).ConfigureAwait(false);
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(e.Kind, $"Revision {revision.ToHex()[..12]}: {e.Message}", e);
        }
    }

    public override Outcome<long> Seek(long offset, bool data)
    {
        var size = (long)reader.Content.Size;
        return offset < 0 || offset >= size ? ErrorKind.BehindEnd : data ? offset : size;
    }

    public override void Release()
    {
        pace.Dispose();
        reader.Dispose();
    }
}
