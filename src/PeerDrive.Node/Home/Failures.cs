using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PeerDrive.Fuse;
using PeerDrive.Model.Errors;
using PeerDrive.Native;

namespace PeerDrive.Node.Home;

/// <summary>Gives failures of the system and of the platform the one form.</summary>
internal static class Failures
{
    /// <summary>What a failure is to the person; null when it is a fault of the program.</summary>
    public static PeerDriveException? Translate(Exception e) => e switch
    {
        PeerDriveException known => known,
        FuseException { Error: not Errno.None } fuse => new PeerDriveException(ErrorKinds.FromErrno((int)fuse.Error), fuse.Message, fuse),
        ErrnoException errno => new PeerDriveException(ErrorKinds.FromErrno(errno.Errno), errno.Message + ".", errno),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new PeerDriveException(ErrorKind.LimitExceeded, "The request is too large.", e),
        BadHttpRequestException or JsonException => new PeerDriveException(ErrorKind.Invalid, $"The request makes no sense: {e.Message}", e),
        UnauthorizedAccessException => new PeerDriveException(ErrorKind.Forbidden, e.Message, e),
        FileNotFoundException or DirectoryNotFoundException => new PeerDriveException(ErrorKind.NotFound, e.Message, e),
        IOException => new PeerDriveException(ErrorKind.Io, e.Message, e),
        OperationCanceledException => new PeerDriveException(ErrorKind.Cancelled, "It was cancelled.", e),
        _ => null,
    };

    /// <summary>Runs something that calls the system.</summary>
    public static T Translated<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not PeerDriveException && Translate(e) is not null)
        {
            throw Translate(e)!;
        }
    }
}
