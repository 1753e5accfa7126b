namespace PeerDrive.Posix.Crashes;

/// <summary>
/// What a program may count on by POSIX, and does on ext4: a file's bytes after fsync of the file; its name after fsync of the
/// directory. Until then a name may lead to what it led to before, to nothing if it was new, or to the new file.
/// </summary>
internal sealed class Promises
{
    /// <summary>What each name may lead to; the last is how it is without a crash; null is nothing.</summary>
    private readonly Dictionary<string, List<Version?>> names = [];

    private readonly Dictionary<string, string> movedTo = [];

    public int Count => names.Count;

    public SortedSet<string> Directories { get; } = new(StringComparer.Ordinal);

    public void Apply(string[] operation, bool isDone)
    {
        switch (operation)
        {
            case ["mkdir", var directory]:
                if (isDone) Directories.Add(directory);
                break;
            case ["create", var name]:
                Lead(name, new Version([]));
                break;
            case ["replace", var name, var length, var seed]:
                Lead(name, new Version(CrashWriter.Bytes(length, seed)));
                break;
            case ["unlink", var name]:
                Lead(name, null);
                break;
            case ["write", var name, var offset, var length, var seed]:
                names[name][^1]!.Write(LedgerReader.Number(offset), CrashWriter.Bytes(length, seed));
                break;
            case ["sync", var name]:
                if (isDone) names[name][^1]!.Sync();
                break;
            case ["syncdir", var directory]:
                if (!isDone) break;
                foreach (var (name, versions) in names)
                {
                    if (DirectoryOf(name) == directory) versions.RemoveRange(0, versions.Count - 1);
                }
                break;
            case ["syncmove", var from, var to]:
                Move(from, to, isDone);
                break;
            default:
                throw new InvalidDataException($"unknown operation {string.Join(' ', operation)}");
        }
    }

    /// <summary>Compares with what is there.</summary>
    /// <param name="read">Bytes of a file, null when there is none.</param>
    public IEnumerable<string> Broken(Func<string, byte[]?> read)
    {
        foreach (var (name, versions) in names)
        {
            var found = read(name);
            if (found is null && movedTo.TryGetValue(DirectoryOf(name), out var other)) found = read(other + name[DirectoryOf(name).Length..]);
            var wrong = versions.Select(version => found is null ? (version is null ? null : "is missing") : version is null ? "should be gone" : version.Judge(found)).ToList();
            if (!wrong.Contains(null)) yield return $"{name}: {string.Join("; or ", wrong.Distinct())}";
        }
    }

    /// <summary>Whether a directory's move was begun and nobody knows whether it came to its end.</summary>
    public bool MayHaveMoved(string directory) => movedTo.ContainsKey(directory);

    public static string DirectoryOf(string name) => name[..name.LastIndexOf('/')];

    private void Lead(string name, Version? to)
    {
        if (!names.TryGetValue(name, out var versions)) names[name] = versions = [null];
        versions.Add(to);
    }

    private void Move(string from, string to, bool isDone)
    {
        if (!isDone)
        {
            movedTo[from] = to;
            return;
        }
        Directories.Remove(from);
        Directories.Add(to);
        foreach (var name in names.Keys.Where(name => DirectoryOf(name) == from).ToList())
        {
            names.Remove(name, out var versions);
            names[to + name[from.Length..]] = versions!;
        }
    }
}
