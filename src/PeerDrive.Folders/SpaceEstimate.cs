using System.Text;
using PeerDrive.Folders.Lending;
using PeerDrive.Model.Errors;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders;

/// <summary>What linking a directory takes in the data directory.</summary>
/// <param name="Needed">Bytes beside the files themselves, at most: nothing is counted on for compression.</param>
/// <param name="Free">Bytes that are free on the data directory's file system.</param>
public sealed record SpaceEstimate(long Needed, long Free)
{
    /// <summary>Rows and records of one file.</summary>
    private const long BytesPerFile = 1500;

    /// <summary>Of a file that is lent one byte in so many: places of its chunks.</summary>
    private const long LentPart = 500;

    /// <summary>Measures a directory without following symbolic links.</summary>
    /// <exception cref="PeerDriveException">Io.</exception>
    public static Task<SpaceEstimate> ForAsync(string directory, SpaceMode mode, string dataDirectory, CancellationToken cancellation)
    {
        try
        {
            using var data = Libc.Open(Encoding.UTF8.GetBytes(dataDirectory), OpenFlags.ReadOnly | OpenFlags.Folder);
            var free = Libc.Space(data).FreeBytes;
            return Task.FromResult(new SpaceEstimate(System.IO.Directory.Exists(directory) ? Measure(directory, mode, cancellation) : 0, free));
        }
        catch (ErrnoException e)
        {
            throw new PeerDriveException(ErrorKind.Io, $"'{directory}' cannot be measured: {e.Message}.", e);
        }
    }

    private static long Measure(string directory, SpaceMode mode, CancellationToken cancellation)
    {
        using var top = Libc.Open(Encoding.UTF8.GetBytes(directory), OpenFlags.ReadOnly | OpenFlags.Folder);
        long needed = 0;
        var folders = new Stack<byte[]>([[]]);
        while (folders.TryPop(out var path))
        {
            cancellation.ThrowIfCancellationRequested();
            using var folder = Libc.OpenBeneath(top, path, OpenFlags.ReadOnly | OpenFlags.Folder);
            foreach (var line in Libc.ReadFolder(folder))
            {
                if (Libc.StatAt(folder, line.Name) is not { } stat) continue;
                needed += BytesPerFile;
                if (stat.Kind == FileKind.Folder) folders.Push(path.Length == 0 ? line.Name : [.. path, (byte)'/', .. line.Name]);
                else if (stat.Kind == FileKind.Regular) needed += Math.Min(stat.Size, stat.Blocks * 512) / (mode == SpaceMode.Lean && stat.Size >= Lender.LeastBytes ? LentPart : 1);
            }
        }
        return needed;
    }
}
