using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Ignoring;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
using PeerDrive.Folders.Watching;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders;

/// <summary>Takes a directory into a volume once, without linking it.</summary>
public static class FolderImport
{
    /// <summary>
    /// Imports all of a directory; what the volume has already under the same name gets a further head when it differs.
    /// Runs on the caller's scheduler.
    /// </summary>
    /// <exception cref="PeerDriveException">Forbidden, NotFound, NotAFolder, Io, NoSpace; what could not be taken in is named at the end.</exception>
    public static async Task RunAsync(Volume volume, EntryId folder, string directory, Action<ImportProgress> progress, CancellationToken cancellation)
    {
        if (volume.OwnRole < Role.Writer) throw new PeerDriveException(ErrorKind.Forbidden, "This device may read the volume but not change it.");
        if (folder != EntryId.Root && !volume.Reader.Require(folder).IsFolder) throw new PeerDriveException(ErrorKind.NotAFolder, "Files can be imported into a folder only.");
        using var opened = LinkedDirectory.OpenUnmarked(directory);
        // Rows are needed for hard links and folders only while this runs.
        using var state = Database.Open("file::memory:", durable: false);
        RowTable.CreateTables(state);
        DraftTable.CreateTables(volume.State);
        var rows = new RowTable(state, 1, folder);
        var settings = new LinkSettings(default, folder, directory, SpaceMode.Keep, []);
        var scope = new LinkScope(
            volume, settings, new FolderContext(TimeProvider.System, new Random(0), TaskScheduler.Current), opened, rows, new FolderRules(opened, rows, []), new AccountNames(),
            new DraftTable(volume, 0));
        long files = 0, bytes = 0;
        using var watches = FolderWatches.None();
        var committer = new ChangeCommitter(scope);
        var scanner = new LocalScanner(scope, watches, committer, (seen, stored) =>
            progress(new ImportProgress(Interlocked.Add(ref files, seen), Interlocked.Add(ref bytes, stored))));
        await scanner.ScanAllAsync(cancellation);
        // A file that changed while it was read gets a second chance; what it had grown to is taken then.
        if (scanner.Torn.Count > 0)
        {
            var again = new Dictionary<long, DirtyFolder>();
            foreach (var (parent, name) in scanner.Torn)
            {
                if (!again.TryGetValue(parent, out var names)) again[parent] = names = new DirtyFolder();
                names.Add(name);
                names.Grown.Add(name);
            }
            await scanner.ScanNamesAsync(again, cancellation);
        }
        if (committer.Problem is { } problem) throw new PeerDriveException(ErrorKind.Io, $"All else was imported, but {problem}");
    }
}
