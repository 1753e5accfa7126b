using System.Buffers.Binary;
using System.Text;

namespace PeerDrive.Posix.Conformance;

/// <summary>Reading directories by getdents64.</summary>
internal static class Listing
{
    /// <summary>A line of a directory. <paramref name="Next"/> is where reading goes on behind it.</summary>
    public sealed record Line(string Name, ulong Inode, long Next, byte Type);

    public static List<Line> Of(string folder)
    {
        var fd = (int)Must(Open(folder, O_RDONLY | O_DIRECTORY), folder);
        try
        {
            return Rest(fd);
        }
        finally
        {
            _ = Close(fd);
        }
    }

    /// <summary>Everything from the descriptor's position on.</summary>
    public static List<Line> Rest(int fd, int bufferBytes = 64 << 10)
    {
        var lines = new List<Line>();
        while (Some(fd, bufferBytes) is { Count: > 0 } more) lines.AddRange(more);
        return lines;
    }

    /// <summary>As many lines as one call gives.</summary>
    public static List<Line> Some(int fd, int bufferBytes)
    {
        var buffer = new byte[bufferBytes];
        var length = (int)Must(GetDirectoryEntries(fd, buffer), "getdents64");
        var lines = new List<Line>();
        for (var at = 0; at < length; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 16)))
        {
            var name = buffer.AsSpan(at + 19);
            lines.Add(new Line(
                Encoding.Latin1.GetString(name[..name.IndexOf((byte)0)]),
                BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(at)),
                BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(at + 8)),
                buffer[at + 18]));
        }
        return lines;
    }

    /// <summary>Removes a tree, however deep and whatever its names; relative to a directory that is open.</summary>
    public static void Remove(int folder, string name)
    {
        if (UnlinkAt(folder, name, 0) >= 0) return;
        var fd = OpenAt(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (fd == -(long)ENOENT) return;
        if (fd == -(long)EACCES && FChModAt(folder, name, Mode(700), 0) >= 0) fd = OpenAt(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        Must(fd, name);
        try
        {
            foreach (var line in Rest((int)fd))
            {
                if (line.Name is not ("." or "..")) Remove((int)fd, line.Name);
            }
        }
        finally
        {
            _ = Close((int)fd);
        }
        Must(UnlinkAt(folder, name, AT_REMOVEDIR), name);
    }

    private static long Must(long outcome, string what) => outcome >= 0 ? outcome : throw new CheckFailedException($"{what}: {Outcome.Describe(outcome)}");
}
