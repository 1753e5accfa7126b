using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Committing;

/// <summary>Why a change could not be committed by itself, and when it is tried again; the others go on without it.</summary>
/// <param name="Attempts">That failed one after the other.</param>
/// <param name="Until">By the clock's timestamp.</param>
internal sealed record SetAside(ErrorKind Kind, string Message, int Attempts, long Until)
{
    private const int LongestSeconds = 30;

    public static SetAside After(SetAside? before, PeerDriveException e, TimeProvider time)
    {
        var attempts = (before?.Attempts ?? 0) + 1;
        var seconds = Math.Min(1 << Math.Min(attempts - 1, 5), LongestSeconds);
        return new SetAside(e.Kind, e.Message, attempts, time.GetTimestamp() + seconds * time.TimestampFrequency);
    }
}
