using PeerDrive.Model.Errors;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Simulation.Disks;

/// <summary>
/// A disk in memory that forgets at a crash what was not synced: contents file by file, names in the order of a journal that any
/// <see cref="SyncFolder"/> writes out. Databases are real files beside it, one catalog.db and one state.db.
/// </summary>
internal sealed class SimulatedDisk : IDisk
{
    private static readonly string[] DatabaseSuffixes = ["", "-wal", "-shm"];

    private readonly string folder;
    private readonly Random random;
    private readonly List<Database> databases = [];
    private Dictionary<string, SimulatedFile> names = [];
    private Dictionary<string, SimulatedFile> durableNames = [];
    private HashSet<string> folders = [];
    private List<Action<Dictionary<string, SimulatedFile>>> journal = [];
    private long operations;
    private long crashAt = long.MaxValue;
    private int images;

    public SimulatedDisk(string folder, Random random)
    {
        this.folder = folder;
        this.random = random;
        Directory.CreateDirectory(folder);
    }

    private string CatalogPath => Path.Combine(folder, "catalog.db");

    private string CatalogCopy => Path.Combine(folder, "catalog.copy");

    /// <summary>Called at the operation at which the power goes.</summary>
    public Action Crashed { get; set; } = () => { };

    public bool IsDead { get; private set; }

    /// <summary>Bytes that may still be written.</summary>
    public long Free { get; set; } = long.MaxValue;

    /// <summary>The next sync of a file fails.</summary>
    public bool FailNextSync { get; set; }

    /// <summary>A sync failed since this was last reset.</summary>
    public bool SyncFailed { get; set; }

    public bool IsArmed => crashAt != long.MaxValue;

    /// <summary>The power will go at an operation from now.</summary>
    public void CrashAfter(int further) => crashAt = operations + further;

    public void Disarm() => crashAt = long.MaxValue;

    /// <summary>Ends the life of a process: its handles and connections are gone.</summary>
    /// <param name="powerCut">Also what was not synced is gone.</param>
    /// <param name="catalog">What becomes of the database that may return to an earlier commit.</param>
    public void Die(bool powerCut, CatalogFate catalog)
    {
        IsDead = true;
        foreach (var database in databases) database.Dispose();
        databases.Clear();
        if (powerCut)
        {
            foreach (var change in journal.Take(random.Next(journal.Count + 1))) change(durableNames);
            names = new(durableNames);
            foreach (var file in names.Values) file.Crash(random);
            journal = [];
            if (catalog == CatalogFate.Deleted) DeleteReal(CatalogPath);
            if (catalog == CatalogFate.Earlier && File.Exists(CatalogCopy)) CopyDatabase(CatalogCopy, CatalogPath);
        }
    }

    /// <summary>The machine starts again.</summary>
    public void Revive()
    {
        IsDead = false;
        crashAt = long.MaxValue;
        FailNextSync = SyncFailed = false;
        Free = long.MaxValue;
    }

    /// <summary>Keeps the catalog as it is, to go back to it at a crash.</summary>
    public void CopyCatalog()
    {
        if (File.Exists(CatalogPath)) CopyDatabase(CatalogPath, CatalogCopy);
    }

    /// <summary>The whole disk as a backup would have it.</summary>
    public DiskImage TakeImage()
    {
        var place = Path.Combine(folder, $"image{++images}");
        Directory.CreateDirectory(place);
        foreach (var path in Directory.GetFiles(folder, "*.db")) CopyDatabase(path, Path.Combine(place, Path.GetFileName(path)));
        return new DiskImage(names.ToDictionary(pair => pair.Key, pair => pair.Value.Clone(durableOnly: false)), folders.ToHashSet(), place);
    }

    public void Restore(DiskImage image)
    {
        names = image.Files.ToDictionary(pair => pair.Key, pair => pair.Value.Clone(durableOnly: false));
        durableNames = new(names);
        folders = image.Folders.ToHashSet();
        journal = [];
        DeleteReal(CatalogCopy);
        foreach (var path in Directory.GetFiles(folder, "*.db*")) File.Delete(path);
        foreach (var path in Directory.GetFiles(image.Databases, "*.db")) CopyDatabase(path, Path.Combine(folder, Path.GetFileName(path)));
    }

    public IDiskFile Open(string path, bool create)
    {
        Touch();
        if (!names.TryGetValue(path, out var file))
        {
            if (!create) throw NotFound(path);
            file = new SimulatedFile();
            Journal(to => to[path] = file);
        }
        return new OpenFile(this, file, isReadOnly: false);
    }

    public IDiskFile OpenRead(string path)
    {
        Require();
        return new OpenFile(this, names.GetValueOrDefault(path) ?? throw NotFound(path), isReadOnly: true);
    }

    public bool FileExists(string path)
    {
        Require();
        return names.ContainsKey(path);
    }

    public FileStamp? Stamp(string path)
    {
        Require();
        return names.TryGetValue(path, out var file) ? new FileStamp((ulong)System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(file), 1, new OpenFile(this, file, isReadOnly: true).Length, 0) : null;
    }

    public void CreateFolder(string path)
    {
        Require();
        for (var at = path; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at)) folders.Add(at);
    }

    public IReadOnlyList<string> ListFiles(string folder)
    {
        Require();
        return [.. names.Keys.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> ListFolders(string folder)
    {
        Require();
        return [.. folders.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
    }

    public void Rename(string from, string to)
    {
        Touch();
        var file = names.GetValueOrDefault(from) ?? throw NotFound(from);
        Journal(all =>
        {
            all.Remove(from);
            all[to] = file;
        });
    }

    public void Link(string path, string name)
    {
        Touch();
        var file = names.GetValueOrDefault(path) ?? throw NotFound(path);
        if (names.ContainsKey(name)) throw new PeerDriveException(ErrorKind.AlreadyExists, $"'{name}' exists.");
        Journal(all => all[name] = file);
    }

    public void Delete(string path)
    {
        Touch();
        if (!names.ContainsKey(path)) throw NotFound(path);
        Journal(all => all.Remove(path));
    }

    public void SyncFolder(string path)
    {
        Touch();
        foreach (var change in journal) change(durableNames);
        journal = [];
    }

    public long FreeBytes(string path) => Free;

    public Database OpenDatabase(string path, bool durable)
    {
        Require();
        Database? database = null;
        database = Database.Open(Real(path), durable, () =>
        {
            if (!IsDead) databases.Remove(database!);
        });
        databases.Add(database);
        return database;
    }

    public void DeleteDatabase(string path)
    {
        Require();
        DeleteReal(Real(path));
    }

    private static void CopyDatabase(string from, string to)
    {
        DeleteReal(to);
        // Nobody is in a transaction between two tasks; the shared memory file is made anew.
        foreach (var suffix in DatabaseSuffixes.Take(2))
        {
            if (File.Exists(from + suffix)) File.Copy(from + suffix, to + suffix);
        }
    }

    private static void DeleteReal(string path)
    {
        foreach (var suffix in DatabaseSuffixes) File.Delete(path + suffix);
    }

    private static PeerDriveException NotFound(string path) => new(ErrorKind.NotFound, $"There is no '{path}'.");

    private string Real(string path) => Path.Combine(folder, Path.GetFileName(path));

    private void Journal(Action<Dictionary<string, SimulatedFile>> change)
    {
        change(names);
        journal.Add(change);
    }

    private void Require()
    {
        if (IsDead) throw new SimulatedCrashException();
    }

    /// <summary>One more operation; at the chosen one the power goes, before it or after it.</summary>
    private void Touch()
    {
        Require();
        if (++operations >= crashAt) Crash();
    }

    private void Crash()
    {
        IsDead = true;
        Crashed();
        throw new SimulatedCrashException();
    }

    private sealed class OpenFile(SimulatedDisk disk, SimulatedFile file, bool isReadOnly) : IDiskFile
    {
        private bool closed;

        public long Length
        {
            get
            {
                Require();
                return file.Length;
            }
        }

        public int Read(long offset, Span<byte> destination)
        {
            Require();
            return file.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            Require();
            if (isReadOnly) throw new PeerDriveException(ErrorKind.Forbidden, "The file is open for reading.");
            if (source.Length > disk.Free)
            {
                // As the system does: what fits is written.
                file.Write(offset, source[..(int)disk.Free]);
                disk.Free = 0;
                throw new PeerDriveException(ErrorKind.NoSpace, "The simulated disk is full.");
            }
            if (disk.Free != long.MaxValue) disk.Free -= source.Length;
            // A crash within a write leaves it with what else was not synced.
            file.Write(offset, source);
            disk.Touch();
        }

        public void Truncate(long length)
        {
            Require();
            file.Truncate(length);
            disk.Touch();
        }

        public long NextData(long offset) => Math.Min(offset, Length);

        public long NextHole(long offset) => Length;

        public void PunchHole(long offset, long length)
        {
            Require();
            var end = Math.Min(offset + length, file.Length);
            if (end > offset) file.Write(offset, new byte[end - offset]);
            disk.Touch();
        }

        public void Allocate(long offset, long length)
        {
            Require();
            if (length > disk.Free) throw new PeerDriveException(ErrorKind.NoSpace, "The simulated disk is full.");
        }

        public FileStatus Status => new(Length, Length, 0, 0);

        public Microsoft.Win32.SafeHandles.SafeFileHandle? Handle => null;

        public void Sync()
        {
            disk.Touch();
            Require();
            if (disk.FailNextSync)
            {
                disk.FailNextSync = false;
                disk.SyncFailed = true;
                file.FailSync(disk.random);
                throw new PeerDriveException(ErrorKind.Io, "The simulated disk failed to sync.");
            }
            file.Sync();
        }

        public void Dispose() => closed = true;

        private void Require()
        {
            disk.Require();
            ObjectDisposedException.ThrowIf(closed, this);
        }
    }
}
