using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Storage.Disks;

/// <summary>
/// The disk under a data directory: the real one, or the simulator's, which forgets at a crash what was not synced.
/// Paths are absolute. Every failure is a <see cref="Model.Errors.PeerDriveException"/>: NotFound, NoSpace, ReadOnly,
/// Forbidden or Io.
/// </summary>
public interface IDisk
{
    /// <summary>Opens for reading and writing, and creates the file (mode 0600) when it is missing and <paramref name="create"/> is set.</summary>
    IDiskFile Open(string path, bool create);

    /// <summary>Opens an existing file for reading only.</summary>
    IDiskFile OpenRead(string path);

    bool FileExists(string path);

    /// <summary>What tells whether a file may have changed; null when it is not there.</summary>
    FileStamp? Stamp(string path);

    /// <summary>Creates the folder (mode 0700) and those above it.</summary>
    void CreateFolder(string path);

    /// <summary>Names of the files in a folder, sorted; empty when the folder is missing.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Names of the folders in a folder, sorted; empty when the folder is missing.</summary>
    IReadOnlyList<string> ListFolders(string folder);

    /// <summary>Renames atomically over what is there; durable after <see cref="SyncFolder"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Gives a file another name, where none is yet; durable after <see cref="SyncFolder"/>.</summary>
    void Link(string path, string name);

    void Delete(string path);

    /// <summary>Makes creations, renames and deletions in a folder durable.</summary>
    void SyncFolder(string path);

    /// <summary>Bytes that this process may still write on the file system of <paramref name="path"/>.</summary>
    long FreeBytes(string path);

    /// <summary>Opens or creates a database.</summary>
    /// <param name="durable">Each commit is synced; otherwise a crash may return the database to an earlier commit.</param>
    Database OpenDatabase(string path, bool durable);

    /// <summary>Removes a database with its side files; nothing happens when it is missing.</summary>
    void DeleteDatabase(string path);
}
