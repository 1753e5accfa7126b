using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Node.Api;

/// <summary>A file of this device, about to be stored.</summary>
internal sealed class LocalFileSource : IContentSource, IDisposable
{
    private readonly SafeFileHandle file;

    private LocalFileSource(SafeFileHandle file)
    {
        this.file = file;
        Length = RandomAccess.GetLength(file);
    }

    public long Length { get; }

    /// <exception cref="PeerDriveException">NotFound, Invalid, LimitExceeded.</exception>
    public static LocalFileSource Open(string path, long limit)
    {
        SafeFileHandle file;
        try
        {
            if (!File.Exists(path) || (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.Device)) != 0) throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' is no plain file.");
            file = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerDriveException(ErrorKind.NotFound, $"The file '{path}' cannot be read: {e.Message}", e);
        }
        var source = new LocalFileSource(file);
        if (source.Length <= limit) return source;
        source.Dispose();
        throw new PeerDriveException(ErrorKind.LimitExceeded, $"'{path}' is larger than {limit >> 20} MiB.");
    }

    public int Read(long offset, Span<byte> destination)
    {
        var read = 0;
        while (read < destination.Length)
        {
            var some = RandomAccess.Read(file, destination[read..], offset + read);
            if (some == 0) break;
            read += some;
        }
        return read;
    }

    public long NextData(long offset) => offset;

    public void Dispose() => file.Dispose();
}
