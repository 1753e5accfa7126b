using System.Text;
using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Trees;

/// <summary>Compares everything that can be seen of a tree with its model.</summary>
internal sealed class TreeComparison
{
    private readonly Dictionary<TreeNode, ulong> inodes = [];
    private readonly Dictionary<ulong, TreeNode> nodes = [];
    private readonly byte[] buffer = new byte[128 << 10];

    public static void Compare(TreeNode top) => new TreeComparison().Compare(top, ".");

    private void Compare(TreeNode node, string path)
    {
        Place.Must(StatX(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out var status), path);
        Same(path, "type", node.Type, status.Type);
        if (node.Type != S_IFLNK) Same(path, "mode", node.Mode, status.Permissions);
        Same(path, "links", node.Links, status.Links);
        if (node.Mtime is { } mtime) Same(path, "mtime", mtime, status.Mtime);
        if (inodes.TryAdd(node, status.Inode))
        {
            if (!nodes.TryAdd(status.Inode, node)) throw new MismatchException($"{path}: inode {status.Inode} is another file's too");
        }
        else
        {
            Same(path, "inode", inodes[node], status.Inode);
        }
        if (node.Type is S_IFREG or S_IFDIR) CompareXattrs(node, path);
        switch (node.Type)
        {
            case S_IFREG:
                Same(path, "size", node.Content.Length, status.Size);
                var fd = (int)Place.Must(Open(path, O_RDONLY), path);
                var length = (int)Place.Must(PRead(fd, buffer, 0), path);
                Place.Must(Close(fd), path);
                if (!buffer.AsSpan(0, length).SequenceEqual(node.Content)) throw new MismatchException($"{path}: other content");
                break;
            case S_IFLNK:
                length = (int)Place.Must(ReadLink(path, buffer), path);
                Same(path, "target", Encoding.Latin1.GetString(node.Content), Encoding.Latin1.GetString(buffer, 0, length));
                break;
            case S_IFDIR:
                CompareEntries(node, path, status.Inode);
                break;
        }
    }

    private void CompareEntries(TreeNode node, string path, ulong inode)
    {
        var lines = Listing.Of(path);
        Same(path, "inode of .", inode, lines.Single(line => line.Name == ".").Inode);
        var names = lines.Select(line => line.Name).Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal).ToList();
        Same(path, "names", string.Join('|', node.Entries.Keys.Order(StringComparer.Ordinal)), string.Join('|', names));
        foreach (var line in lines.Where(line => node.Entries.ContainsKey(line.Name)))
        {
            var child = node.Entries[line.Name].Node;
            Compare(child, path == "." ? line.Name : $"{path}/{line.Name}");
            Same(path, $"inode of {line.Name} in the listing", inodes[child], line.Inode);
            if (line.Type != 0) Same(path, $"type of {line.Name} in the listing", child.Type >> 12, line.Type);
        }
    }

    private void CompareXattrs(TreeNode node, string path)
    {
        var length = ListXattr(path, buffer);
        if (length == -(long)EOPNOTSUPP) return;
        var names = Encoding.Latin1.GetString(buffer, 0, (int)Place.Must(length, path)).Split('\0').Where(name => name.StartsWith("user.", StringComparison.Ordinal));
        Same(path, "attributes", string.Join('|', node.Xattrs.Keys), string.Join('|', names.Order(StringComparer.Ordinal)));
        foreach (var (name, value) in node.Xattrs)
        {
            var size = (int)Place.Must(GetXattr(path, name, buffer), $"{path} {name}");
            if (!buffer.AsSpan(0, size).SequenceEqual(value)) throw new MismatchException($"{path}: other value of {name}");
        }
    }

    private static void Same<T>(string path, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new MismatchException($"{path}: {what}: expected {expected}, actual {actual}");
    }

    private static void Same(string path, string what, uint expected, byte actual) => Same(path, what, expected, (uint)actual);
}
