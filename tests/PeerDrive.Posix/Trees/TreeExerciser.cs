using System.Text;

namespace PeerDrive.Posix.Trees;

/// <summary>Changes names, attributes and contents at random, in a tree and in its model.</summary>
internal sealed class TreeExerciser
{
    private const int MostEntries = 1500, Deepest = 8;

    /// <summary>Few, so that they meet.</summary>
    private static readonly string[] Words =
        ["a", "b", "c", "d", "e", "f", "A", "\xFF\xFE", "with space", "e\xCC\x81", "\xC3\xA9", new('l', 255), "line\nbreak", ".hidden", "trailing.", "x"];

    private readonly Chance chance;
    private readonly TreeModel model = new();
    private readonly Queue<string> steps = new();
    private readonly (int Weight, Action Do)[] operations;
    private readonly int weights;
    private bool hasXattrs = true;

    public TreeExerciser(Chance chance)
    {
        this.chance = chance;
        model.Top.Mode = Stat(".").Permissions;
        operations =
        [
            (14, Make), (8, Write), (10, MakeDirectory), (14, RenameIt), (3, RenameDirectory), (8, Remove), (5, RemoveDirectory), (3, MakeLink), (4, LinkIt), (3, ChangeMode), (3, SetTimes),
            (4, SetAttribute), (2, RemoveAttribute), (1, MakeFifo), (2, LookForNothing),
        ];
        weights = operations.Sum(operation => operation.Weight);
    }

    public IEnumerable<string> Steps => steps;

    public int Entries => model.Entries.Count;

    public void Step()
    {
        var pick = chance.Below(weights);
        foreach (var (weight, act) in operations)
        {
            if ((pick -= weight) >= 0) continue;
            act();
            return;
        }
    }

    public void CompareAll() => TreeComparison.Compare(model.Top);

    private static Status Stat(string path)
    {
        Place.Must(StatX(AT_FDCWD, path, 0, out var status), path);
        return status;
    }

    /// <summary>A directory, and a name that may or may not be in it.</summary>
    private (TreeNode Parent, string Name) Somewhere()
    {
        var parent = model.Top;
        for (var i = 0; i < 4 && model.Entries.Count > 0; i++)
        {
            if (chance.Of(model.Entries).Node is { IsDirectory: true } directory && directory.Depth < Deepest) parent = directory;
        }
        return (parent, chance.Of(Words));
    }

    private TreeEntry? Any(Func<TreeNode, bool>? wanted = null)
    {
        for (var i = 0; i < 8 && model.Entries.Count > 0; i++)
        {
            var entry = chance.Of(model.Entries);
            if (wanted?.Invoke(entry.Node) != false) return entry;
        }
        return null;
    }

    private void Expect(Errno expected, long outcome, string what)
    {
        if (steps.Count == 200) steps.Dequeue();
        steps.Enqueue($"{what}: {Outcome.Describe(outcome)}");
        if (expected == NONE ? outcome < 0 : outcome != -(long)expected)
            throw new MismatchException($"{what}: expected {(expected == NONE ? "success" : expected)}, actual {Outcome.Describe(outcome)}");
    }

    private void MakeNode(string what, TreeNode node, Func<string, long> make)
    {
        var (parent, name) = Somewhere();
        var path = TreeModel.PathOf(parent, name);
        if (parent.Entries.ContainsKey(name)) Expect(EEXIST, make(path), $"{what} {path}");
        else if (model.Entries.Count < MostEntries)
        {
            Expect(NONE, make(path), $"{what} {path}");
            model.Add(parent, name, node);
        }
    }

    private void Make()
    {
        var node = new TreeNode(S_IFREG, 0x180u | (uint)chance.Below(64)) { Content = Bytes() };
        MakeNode("create", node, path =>
        {
            var fd = Open(path, O_WRONLY | O_CREAT | O_EXCL, node.Mode);
            if (fd >= 0) Put((int)fd, node.Content);
            return fd;
        });
    }

    private void Write()
    {
        if (Any(node => node.Type == S_IFREG) is not { } entry) return;
        var fd = Open(entry.Path, O_WRONLY | O_TRUNC);
        Expect(NONE, fd, $"write {entry.Path}");
        Put((int)fd, entry.Node.Content = Bytes());
        entry.Node.Mtime = null;
    }

    private void MakeDirectory()
    {
        var mode = 0x1C0u | (uint)chance.Below(64);
        MakeNode("mkdir", new TreeNode(S_IFDIR, mode), path => MkDir(path, mode));
    }

    private void MakeFifo() => MakeNode("mkfifo", new TreeNode(S_IFIFO, 0x1A4), path => MkNod(path, S_IFIFO | 0x1A4));

    private void MakeLink()
    {
        var target = Encoding.Latin1.GetBytes(chance.Of(Words) + "/" + chance.Of(Words));
        MakeNode("symlink", new TreeNode(S_IFLNK, 0x1FF) { Content = target }, path => SymLink(Encoding.Latin1.GetString(target), path));
    }

    private void LinkIt()
    {
        if (Any() is not { } entry) return;
        var (parent, name) = Somewhere();
        var to = TreeModel.PathOf(parent, name);
        var expected = parent.Entries.ContainsKey(name) ? EEXIST : entry.Node.IsDirectory ? EPERM : NONE;
        if (expected == NONE && model.Entries.Count >= MostEntries) return;
        Expect(expected, Link(entry.Path, to), $"link {entry.Path} {to}");
        if (expected == NONE) model.Add(parent, name, entry.Node);
    }

    private void RenameIt() => RenameSome(Any());

    private void RenameDirectory() => RenameSome(Any(node => node.IsDirectory));

    private void RenameSome(TreeEntry? entry)
    {
        if (entry is null) return;
        var (parent, name) = Somewhere();
        if (chance.OneIn(3) && Any() is { } over) (parent, name) = (over.Parent, over.Name);
        if (entry.Node.IsDirectory && parent.Depth + 3 > Deepest) parent = model.Top;
        var (from, to) = (entry.Path, TreeModel.PathOf(parent, name));
        var flags = chance.Below(6) switch { 0 => RENAME_NOREPLACE, 1 or 2 => RENAME_EXCHANGE, _ => 0u };
        var expected = model.Rename(entry, parent, name, flags);
        Expect(expected, flags == 0 ? Rename(from, to) : Rename2(from, to, flags), $"rename {from} {to} {flags}");
    }

    private void Remove()
    {
        if (Any() is not { } entry) return;
        var expected = entry.Node.IsDirectory ? EISDIR : NONE;
        Expect(expected, Unlink(entry.Path), $"unlink {entry.Path}");
        if (expected == NONE) model.Remove(entry);
    }

    private void RemoveDirectory()
    {
        if (Any(node => node.IsDirectory || chance.OneIn(8)) is not { } entry) return;
        var expected = !entry.Node.IsDirectory ? ENOTDIR : entry.Node.Entries.Count > 0 ? ENOTEMPTY : NONE;
        Expect(expected, RmDir(entry.Path), $"rmdir {entry.Path}");
        if (expected == NONE) model.Remove(entry);
    }

    private void ChangeMode()
    {
        if (Any(node => node.Type != S_IFLNK) is not { } entry) return;
        entry.Node.Mode = 0x1C0u | (uint)chance.Below(64);
        Expect(NONE, ChMod(entry.Path, entry.Node.Mode), $"chmod {entry.Path}");
    }

    private void SetTimes()
    {
        if (Any() is not { } entry) return;
        var time = new Instant(chance.Below(4L << 30) - (1L << 31), chance.Below(1_000_000_000));
        entry.Node.Mtime = time;
        Expect(NONE, UTimeNs(entry.Path, Instant.Omit, time, AT_SYMLINK_NOFOLLOW), $"utimens {entry.Path}");
    }

    private void SetAttribute()
    {
        if (!hasXattrs || Any(node => node.Type is S_IFREG or S_IFDIR) is not { } entry) return;
        var (name, value) = ($"user.{(char)('a' + chance.Below(4))}", new byte[chance.Below(100)]);
        chance.Fill(value);
        var outcome = SetXattr(entry.Path, name, value);
        hasXattrs = outcome != -(long)EOPNOTSUPP;
        if (!hasXattrs) return;
        Expect(NONE, outcome, $"setxattr {entry.Path}");
        entry.Node.Xattrs[name] = value;
    }

    private void RemoveAttribute()
    {
        if (!hasXattrs || Any(node => node.Type is S_IFREG or S_IFDIR) is not { } entry) return;
        var name = $"user.{(char)('a' + chance.Below(4))}";
        Expect(entry.Node.Xattrs.Remove(name) ? NONE : ENODATA, AttributeCalls.RemoveXattr(entry.Path, name), $"removexattr {entry.Path}");
    }

    private void LookForNothing()
    {
        var (parent, name) = Somewhere();
        var path = TreeModel.PathOf(parent, name);
        Expect(parent.Entries.ContainsKey(name) ? NONE : ENOENT, StatX(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out _), $"lstat {path}");
    }

    private byte[] Bytes()
    {
        var bytes = new byte[chance.OneIn(4) ? 0 : chance.Length(chance.OneIn(20) ? 100_000 : 5000)];
        chance.Fill(bytes);
        return bytes;
    }

    private static void Put(int fd, byte[] bytes)
    {
        if (bytes.Length > 0 && FileCalls.Write(fd, bytes) != bytes.Length) throw new MismatchException("a write wrote less than all");
        Place.Must(Close(fd), "close");
    }
}
