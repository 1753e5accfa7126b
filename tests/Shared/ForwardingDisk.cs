using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Testing;

/// <summary>A disk that does what another one does, for those that do something else with files.</summary>
internal abstract class ForwardingDisk(IDisk disk) : IDisk
{
    public virtual IDiskFile Open(string path, bool create) => disk.Open(path, create);

    public IDiskFile OpenRead(string path) => disk.OpenRead(path);

    public bool FileExists(string path) => disk.FileExists(path);

    public FileStamp? Stamp(string path) => disk.Stamp(path);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public IReadOnlyList<string> ListFiles(string folder) => disk.ListFiles(folder);

    public IReadOnlyList<string> ListFolders(string folder) => disk.ListFolders(folder);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Link(string path, string name) => disk.Link(path, name);

    public void Delete(string path) => disk.Delete(path);

    public void SyncFolder(string path) => disk.SyncFolder(path);

    public long FreeBytes(string path) => disk.FreeBytes(path);

    public Database OpenDatabase(string path, bool durable) => disk.OpenDatabase(path, durable);

    public void DeleteDatabase(string path) => disk.DeleteDatabase(path);
}
