using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Tests;

/// <summary>What a file system is, in dictionaries.</summary>
internal sealed class TreeModel
{
    private static readonly string[] Names = ["a", "b", "c", "d.tmp"];

    private readonly Thing root = new() { Inner = new(StringComparer.Ordinal) };

    public static string AnyPath(Random random) => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(Names.Length)]));

    public ErrorKind? MakeFolder(string path)
    {
        if (FolderOf(path, out var folder, out var name) is { } error) return error;
        return folder.TryAdd(name, new Thing { Inner = new(StringComparer.Ordinal) }) ? null : ErrorKind.AlreadyExists;
    }

    public ErrorKind? Write(string path, string text)
    {
        if (FolderOf(path, out var folder, out var name) is { } error) return error;
        if (!folder.TryGetValue(name, out var thing)) folder[name] = thing = new Thing();
        if (thing.Inner is not null) return ErrorKind.IsAFolder;
        thing.Text = text;
        return null;
    }

    public ErrorKind? Remove(string path, bool isFolder)
    {
        if (FolderOf(path, out var folder, out var name) is { } error) return error;
        if (!folder.TryGetValue(name, out var thing)) return ErrorKind.NotFound;
        if (isFolder != thing.Inner is not null) return isFolder ? ErrorKind.NotAFolder : ErrorKind.IsAFolder;
        if (thing.Inner?.Count > 0) return ErrorKind.NotEmpty;
        folder.Remove(name);
        return null;
    }

    public ErrorKind? Rename(string from, string to)
    {
        if (FolderOf(from, out var folder, out var name) is { } error) return error;
        if (FolderOf(to, out var newFolder, out var newName) is { } other) return other;
        if (!folder.TryGetValue(name, out var thing)) return ErrorKind.NotFound;
        if (to == from) return null;
        if (to.StartsWith(from + "/", StringComparison.Ordinal)) return ErrorKind.Invalid;
        if (newFolder.TryGetValue(newName, out var there))
        {
            if (there == thing) return null;
            if (there.Inner is null != thing.Inner is null) return there.Inner is null ? ErrorKind.NotAFolder : ErrorKind.IsAFolder;
            if (there.Inner?.Count > 0) return ErrorKind.NotEmpty;
        }
        folder.Remove(name);
        newFolder[newName] = thing;
        return null;
    }

    public ErrorKind? Exchange(string from, string to)
    {
        if (FolderOf(from, out var folder, out var name) is { } error) return error;
        if (FolderOf(to, out var newFolder, out var newName) is { } other) return other;
        if (!folder.TryGetValue(name, out var thing)) return ErrorKind.NotFound;
        if (to.StartsWith(from + "/", StringComparison.Ordinal)) return ErrorKind.Invalid;
        if (!newFolder.TryGetValue(newName, out var there)) return ErrorKind.NotFound;
        if (there == thing) return null;
        if (from.StartsWith(to + "/", StringComparison.Ordinal)) return ErrorKind.Invalid;
        (folder[name], newFolder[newName]) = (there, thing);
        return null;
    }

    public ErrorKind? Link(string from, string to)
    {
        if (FolderOf(from, out var folder, out var name) is { } error) return error;
        if (!folder.TryGetValue(name, out var thing)) return ErrorKind.NotFound;
        if (FolderOf(to, out var newFolder, out var newName) is { } other) return other;
        if (thing.Inner is not null) return ErrorKind.NotPermitted;
        return newFolder.TryAdd(newName, thing) ? null : ErrorKind.AlreadyExists;
    }

    /// <summary>Every path with its number of links, and with its text when it is a file.</summary>
    public List<string> Lines()
    {
        var all = All("", root).ToList();
        return [.. all.Select(pair => $"{pair.Path} {Links(pair.Thing)} {pair.Thing.Text}")];

        int Links(Thing thing) => thing.Inner is { } inner ? 2 + inner.Values.Count(below => below.Inner is not null) : all.Count(pair => pair.Thing == thing);
    }

    public Dictionary<string, string> Files() => All("", root).Where(pair => pair.Thing.Inner is null).ToDictionary(pair => pair.Path, pair => pair.Thing.Text);

    private static IEnumerable<(string Path, Thing Thing)> All(string path, Thing folder)
    {
        foreach (var (name, thing) in folder.Inner!)
        {
            var inner = path.Length == 0 ? name : $"{path}/{name}";
            yield return (inner, thing);
            if (thing.Inner is null) continue;
            foreach (var below in All(inner, thing)) yield return below;
        }
    }

    private ErrorKind? FolderOf(string path, out SortedDictionary<string, Thing> folder, out string name)
    {
        var parts = path.Split('/');
        (folder, name) = (root.Inner!, parts[^1]);
        foreach (var part in parts[..^1])
        {
            if (!folder.TryGetValue(part, out var thing)) return ErrorKind.NotFound;
            if (thing.Inner is null) return ErrorKind.NotAFolder;
            folder = thing.Inner;
        }
        return null;
    }

    private sealed class Thing
    {
        public SortedDictionary<string, Thing>? Inner { get; init; }

        public string Text { get; set; } = "";
    }
}
