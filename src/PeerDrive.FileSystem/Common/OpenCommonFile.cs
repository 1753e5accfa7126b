using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Contents;

namespace PeerDrive.FileSystem.Common;

/// <summary>An open file of the common trees.</summary>
internal sealed class OpenCommonFile(CommonFile node, ContentReader reader, ReadPace pace) : OpenFile
{
    public override NodeView View => new(node.Id, node.Generation, node.GetAttributes(), IsNameLasting: false);

    public override int Read(long offset, Span<byte> destination)
    {
        var read = reader.Read(offset, destination);
        pace.Note(reader.Content, offset, read);
        return read;
    }

    public override Task BringAsync(long offset, int length, CancellationToken cancellation) => pace.BringAsync(reader.Content, offset, length, cancellation);

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
