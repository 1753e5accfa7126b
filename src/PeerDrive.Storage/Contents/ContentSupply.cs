using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Contents;

/// <summary>Brings parts of contents that are read and not here. Thread-safe; nothing in it blocks.</summary>
public abstract class ContentSupply
{
    /// <summary>Ends when all chunks of a range, and the lists that lead to them, are here. The waiting goes before all that is only expected.</summary>
    /// <param name="reader">Who reads.</param>
    /// <exception cref="PeerDriveException">NotHere: nobody sent it in time; the message says who could have. Corrupt: the content is none.</exception>
    /// <exception cref="OperationCanceledException">It is not waited for any longer.</exception>
    public abstract Task BringAsync(object reader, Content content, long offset, long length, CancellationToken cancellation);

    /// <summary>A range will be read soon. What the same reader expected before is not brought any more, unless it is under way.</summary>
    public abstract void Expect(object reader, Content content, long offset, long length);

    /// <summary>A reader expects nothing any more.</summary>
    public abstract void Leave(object reader);
}
