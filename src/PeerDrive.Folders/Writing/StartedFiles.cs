using PeerDrive.Folders.Rows;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;

namespace PeerDrive.Folders.Writing;

/// <summary>
/// Large contents that are written to temporary files while they are still being fetched, so that little is left to do when they are
/// whole. Whatever goes wrong only costs the start: the file is then written anew. Used by the link's loop only.
/// </summary>
internal sealed class StartedFiles(LinkScope scope, TemporaryFiles temporaries) : IDisposable
{
    /// <summary>Of the others fewer bytes are to be written at the end than it takes to fetch the next.</summary>
    public const ulong LeastBytes = 64 << 20;

    /// <summary>Files written at once: each has a descriptor, and the disk has one head.</summary>
    private const int MaxFiles = 2;

    private readonly Dictionary<ChunkId, (Content Content, FileRow Folder)> expected = [];
    private readonly Dictionary<ChunkId, StartedFile> started = [];
    private readonly HashSet<ChunkId> grown = [];

    /// <summary>A content that is not whole yet will be written into a folder.</summary>
    public void Expect(Content content, FileRow folder)
    {
        if (content.Size >= LeastBytes) expected[content.Root] = (content, folder);
    }

    /// <summary>More of some contents is here.</summary>
    public void Note(IEnumerable<ChunkId> roots) => grown.UnionWith(roots.Where(expected.ContainsKey));

    /// <summary>Writes what came since the last call.</summary>
    public async ValueTask AdvanceAsync(CancellationToken cancellation)
    {
        foreach (var root in grown)
        {
            if (Start(root) is not { } file) continue;
            try
            {
                await file.Content.AdvanceAsync(cancellation);
            }
            catch (Exception e) when (e is ErrnoException or PeerDriveException)
            {
                // Writing the whole file meets the same, and says so.
                expected.Remove(root);
                Drop(root);
            }
        }
        grown.Clear();
    }

    /// <summary>The file begun for a content, which the caller then owns; null when there is none in that folder.</summary>
    public StartedFile? Take(Content content, FileRow folder) =>
        started.TryGetValue(content.Root, out var file) && file.Folder.Id == folder.Id && file.Content.Content == content && started.Remove(content.Root) ? file : null;

    /// <summary>Gives up what is not to be written any more.</summary>
    /// <param name="isKnown">Whether some entry waits for a content, or did; quick to tell.</param>
    /// <param name="isWaitedFor">Whether one does now.</param>
    public void Keep(Func<ChunkId, bool> isKnown, Func<ChunkId, bool> isWaitedFor)
    {
        foreach (var root in expected.Keys.Where(root => !isKnown(root)).ToList()) expected.Remove(root);
        foreach (var root in started.Keys.Where(root => !isWaitedFor(root)).ToList()) Drop(root);
    }

    /// <summary>Gives all up; what is still wanted is begun anew as more of it comes.</summary>
    public void Dispose()
    {
        foreach (var root in started.Keys.ToList()) Drop(root);
    }

    private StartedFile? Start(ChunkId root)
    {
        if (started.TryGetValue(root, out var known)) return known;
        if (started.Count >= MaxFiles || !expected.TryGetValue(root, out var wanted)) return null;
        try
        {
            return temporaries.TryStart(wanted.Content, wanted.Folder) is { } file ? started[root] = file : null;
        }
        catch (ErrnoException)
        {
            expected.Remove(root);
            return null;
        }
    }

    private void Drop(ChunkId root)
    {
        if (!started.Remove(root, out var file)) return;
        try
        {
            file.Content.Abandon();
            using var folder = scope.TryOpen(file.Folder);
            if (folder is not null) TemporaryFiles.Remove(folder, file.Name);
        }
        catch (ErrnoException)
        {
            // What it wrote is not wanted; what is left of it the next full scan removes.
        }
    }
}
