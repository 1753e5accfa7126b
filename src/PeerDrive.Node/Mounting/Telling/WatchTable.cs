using System.Globalization;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>Which files of a mount programs watch with inotify, as the kernel lists it in proc(5). Of other users' programs only root sees it.</summary>
internal sealed class WatchTable
{
    private readonly HashSet<ulong> inodes = [];

    public bool IsEmpty => inodes.Count == 0;

    /// <param name="device">The mount's number.</param>
    /// <param name="processes">Where the processes are listed.</param>
    public static WatchTable Read(uint device, string processes = "/proc")
    {
        var table = new WatchTable();
        foreach (var process in Directory.EnumerateDirectories(processes))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0])) continue;
            try
            {
                foreach (var file in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
                {
                    if (new FileInfo(file).LinkTarget is { } target && target.StartsWith("anon_inode:", StringComparison.Ordinal) && target.EndsWith("inotify", StringComparison.Ordinal))
                        table.Add(File.ReadAllText(Path.Combine(process, "fdinfo", Path.GetFileName(file))), device);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is somebody else's.
            }
        }
        return table;
    }

    public bool Has(ulong inode) => inodes.Contains(inode);

    /// <summary>Lines <c>inotify wd:1 ino:4a2 sdev:2b mask:… …</c>, numbers in hexadecimal.</summary>
    internal void Add(string text, uint device)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("inotify ", StringComparison.Ordinal) && Field(line, " sdev:") == device && Field(line, " ino:") is { } inode) inodes.Add(inode);
        }
    }

    private static ulong? Field(string line, string name)
    {
        var at = line.IndexOf(name, StringComparison.Ordinal);
        if (at < 0) return null;
        var value = line.AsSpan(at + name.Length);
        var end = value.IndexOf(' ');
        return ulong.TryParse(end < 0 ? value : value[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
