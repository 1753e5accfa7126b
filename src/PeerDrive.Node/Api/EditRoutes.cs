using Microsoft.Win32.SafeHandles;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Changes of the tree by those who have no mount: write, make a folder, move, delete.</summary>
internal static class EditRoutes
{
    private const int CopyBytes = 1 << 20;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Put("volumes/{volume}/content", new("Writes a file; one that is there goes on with its history.") { Query = [ApiParameters.Path.Required, new("base", "Writes only if this version is what is shown; none: only if nothing is there."), new("folders", "Makes the folders above it that are missing.", "boolean"), new("modified", "When it was changed; without it, now."), new("comment", "Of the new version.")], TakesBytes = "application/octet-stream", Answers = typeof(EntryStatus) }, call => WriteAsync(call, node.Core));
        api.Post("volumes/{volume}/folders", new("Makes a folder in one that is there.") { Takes = typeof(PathRequest), Answers = typeof(EntryStatus) }, call => MakeFolderAsync(call, node.Core));
        api.Post("volumes/{volume}/move", new("Renames or moves a file or folder.") { Takes = typeof(MoveRequest), Answers = typeof(EntryStatus) }, call => MoveAsync(call, node.Core));
        api.Delete("volumes/{volume}/entries", new("Puts a file, or a folder with all in it, into the trash.") { Query = [ApiParameters.Path.Required], Answers = typeof(EntryStatus) }, call => DeleteAsync(call, node.Core));
    }

    private static async Task WriteAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var write = new FileWrite(FileWrites.Path(volume, call.RequiredQuery("path")))
        {
            Seen = call.Query("base"), MakesFolders = call.Flag("folders"), Modified = FileWrite.Time(call.Query("modified")), Comment = call.Query("comment"),
        };
        var content = await ReceiveAsync(call, core, volume).ConfigureAwait(false);
        await AnswerAsync(call, volume, await FileWrites.CommitAsync(volume, write, content, core.Time).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task MakeFolderAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = (await call.BodyAsync<PathRequest>().ConfigureAwait(false)).Path ?? throw new PeerDriveException(ErrorKind.Invalid, "Name the path of the new folder.");
        EntryView? made = null;
        await volume.CommitAsync(edit =>
        {
            var (above, name) = VolumePaths.RequireFree(volume, path);
            made = edit.Create(above, name, NewFolders.State with { Mtime = EntryViews.Nanoseconds(core.Time.GetUtcNow()) });
        }).ConfigureAwait(false);
        await AnswerAsync(call, volume, made!.Id).ConfigureAwait(false);
    }

    private static async Task MoveAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<MoveRequest>().ConfigureAwait(false);
        EntryView? moved = null;
        await volume.CommitAsync(edit =>
        {
            moved = VolumePaths.Require(volume, request.Path);
            var (above, name) = VolumePaths.RequireFree(volume, VolumePaths.PlainPath(volume, request.ToPath));
            edit.Move(moved.Id, above, name);
        }).ConfigureAwait(false);
        await AnswerAsync(call, volume, moved!.Id).ConfigureAwait(false);
    }

    /// <summary>Deletes one entry, which the answer names as the trash does, so that it can be brought back.</summary>
    private static async Task DeleteAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var entry = VolumePaths.Require(volume, call.RequiredQuery("path"));
        var shown = EntryViews.Of(volume, entry, volume.Reader.PathOf(entry.Id), new PresentContents(volume));
        await volume.CommitAsync(edit => edit.Delete(entry.Id)).ConfigureAwait(false);
        await call.AnswerAsync(shown).ConfigureAwait(false);
    }

    /// <summary>Stores what comes with the request; it lies beside the volumes until all of it is here.</summary>
    private static async Task<Content> ReceiveAsync(ApiCall call, NodeCore core, Volume volume)
    {
        var path = core.Uploads.NewFile();
        try
        {
            using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write)) await CopyAsync(call, file).ConfigureAwait(false);
            using var source = LocalFileSource.Open(path, long.MaxValue);
            return volume.Contents.Store(source, 0, null, call.Cancellation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task CopyAsync(ApiCall call, SafeFileHandle file)
    {
        var body = call.BeginBody();
        var buffer = new byte[CopyBytes];
        for (long at = 0; ;)
        {
            var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, call.Cancellation).ConfigureAwait(false);
            if (read == 0) return;
            await RandomAccess.WriteAsync(file, buffer.AsMemory(0, read), at, call.Cancellation).ConfigureAwait(false);
            at += read;
        }
    }

    private static Task AnswerAsync(ApiCall call, Volume volume, EntryId id)
    {
        var entry = volume.Reader.Require(id);
        return call.AnswerAsync(EntryViews.Of(volume, entry, volume.Reader.PathOf(id), new PresentContents(volume)));
    }
}
