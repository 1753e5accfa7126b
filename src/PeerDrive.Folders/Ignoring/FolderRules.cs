using System.Collections.Immutable;
using System.Text;
using PeerDrive.Folders.Rows;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Ignoring;

/// <summary>The rules in force in each folder of a link, read as they are needed. Used by the link's loop only.</summary>
internal sealed class FolderRules
{
    private readonly LinkedDirectory directory;
    private readonly RowTable rows;
    private readonly IgnoreRules link;
    private readonly Dictionary<long, IgnoreRules> known = [];

    public FolderRules(LinkedDirectory directory, RowTable rows, ImmutableArray<string> patterns)
    {
        this.directory = directory;
        this.rows = rows;
        link = patterns.IsDefaultOrEmpty ? IgnoreRules.Empty : IgnoreRules.Parse(Encoding.UTF8.GetBytes(string.Join('\n', patterns)), []);
    }

    /// <summary>An ignore file changed: all are read again.</summary>
    public void Forget() => known.Clear();

    public IgnoreRules Of(FileRow folder)
    {
        var missing = new Stack<FileRow>();
        var rules = link;
        for (var at = folder; ;)
        {
            if (known.TryGetValue(at.Id, out var found))
            {
                rules = found;
                break;
            }
            missing.Push(at);
            if (at.Id == rows.Root.Id || rows.Folder(at.Parent) is not { } parent) break;
            at = parent;
        }
        while (missing.TryPop(out var next)) known[next.Id] = rules = rules.With(Read(next));
        return rules;
    }

    private IgnoreRules Read(FileRow folder)
    {
        if (rows.PathOf(folder) is not { } path) return IgnoreRules.Empty;
        try
        {
            using var handle = directory.TryOpenFolder(path, pathOnly: true);
            if (handle is null || Libc.StatAt(handle, DirectoryNames.IgnoreFile) is not { Kind: FileKind.Regular } stat) return IgnoreRules.Empty;
            using var file = Libc.OpenBeneath(handle, DirectoryNames.IgnoreFile, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            var bytes = new byte[Math.Min(stat.Size, IgnoreRules.MaxFileBytes)];
            var count = Libc.Read(file, bytes, 0);
            return IgnoreRules.Parse(bytes.AsSpan(0, count), path);
        }
        catch (ErrnoException e) when (e.Errno is ErrnoException.NotFound or ErrnoException.NotADirectory or ErrnoException.TooManyLinks)
        {
            return IgnoreRules.Empty;
        }
    }
}
