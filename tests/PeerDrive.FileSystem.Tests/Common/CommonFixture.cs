using System.Text;
using PeerDrive.FileSystem.Common;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Tests.Common;

/// <summary>Volumes of several devices that are put together to one tree.</summary>
public abstract class CommonFixture : DriveFixture
{
    internal static CommonSource Source(Device device, string owner, string place = "") =>
        new(device.Volume, [.. place.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => EntryName.Create(name))], owner);

    internal static CommonFolder Tree(params CommonSource[] sources) => CommonFolder.Top(sources);

    internal static string[] Names(CommonFolder folder) => [.. folder.List().Select(entry => entry.Name.ToString())];

    internal static CommonEntry? Find(CommonFolder folder, string path) => folder.Resolve(Encoding.UTF8.GetBytes(path), out _);

    internal static string Text(CommonFolder folder, string path)
    {
        var copy = Find(folder, path)!.Best;
        return Encoding.UTF8.GetString(copy.Source.Volume.Contents.ReadAll(copy.Revision.Content, 1 << 20));
    }

    /// <summary>Makes files, and the folders that they are in.</summary>
    internal static Task PutAsync(Device device, params (string Path, string Text)[] files) => device.Volume.CommitAsync(edit =>
    {
        foreach (var (path, text) in files)
        {
            var at = EntryId.Root;
            var parts = path.Split('/');
            foreach (var part in parts[..^1])
                at = (device.Volume.Reader.Find(at, EntryName.Create(part)) ?? edit.Create(at, EntryName.Create(part), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED })).Id;
            var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x9FF, Content = device.Volume.Contents.Store(Encoding.UTF8.GetBytes(text)) };
            if (device.Volume.Reader.Find(at, EntryName.Create(parts[^1])) is { } known) edit.Revise(known.Id, state);
            else edit.Create(at, EntryName.Create(parts[^1]), state);
        }
    });

    internal static Task MakeAsync(Device device, string name, RevisionState state) => device.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create(name), state));
}
