using System.Text;

namespace PeerDrive.Fuse.Mounting;

/// <summary>What is mounted where, read from the kernel without touching any mount.</summary>
internal static class MountTable
{
    /// <summary>The uppermost mount at a path without symbolic links; null when it is no mount point.</summary>
    public static MountLine? Find(string path) => Parse(File.ReadAllText("/proc/self/mountinfo")).LastOrDefault(line => line.MountPoint == path);

    /// <summary>Lines of proc(5) mountinfo: <c>id parent major:minor root mountpoint options [tags] - type source options</c>.</summary>
    internal static IEnumerable<MountLine> Parse(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ');
            var dash = Array.IndexOf(words, "-");
            if (dash < 6 || words.Length < dash + 3) continue;
            yield return new MountLine(words[2], Unescape(words[4]), words[dash + 1], Unescape(words[dash + 2]));
        }
    }

    /// <summary>Spaces, tabs, newlines and backslashes are written as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\')) return text;
        var source = Encoding.UTF8.GetBytes(text);
        var target = new List<byte>(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && i + 3 < source.Length)
            {
                target.Add((byte)((source[i + 1] - '0') * 64 + (source[i + 2] - '0') * 8 + source[i + 3] - '0'));
                i += 3;
            }
            else
            {
                target.Add(source[i]);
            }
        }
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
