using System.Globalization;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Changes of the tree by those who have no mount: write, make a folder, move, delete.</summary>
internal static class EditRoutes
{
    private const uint NewFileMode = 0x1A4;
    private const int CopyBytes = 1 << 20, MaxDepth = 64;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Put("volumes/{volume}/content", call => WriteAsync(call, node.Core));
        api.Post("volumes/{volume}/folders", call => MakeFolderAsync(call, node.Core));
        api.Post("volumes/{volume}/move", call => MoveAsync(call, node.Core));
        api.Delete("volumes/{volume}/entries", call => DeleteAsync(call, node.Core));
    }

    private static async Task WriteAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = VolumePaths.PlainPath(volume, call.RequiredQuery("path"));
        var modified = Modified(call, core);
        var content = await ReceiveAsync(call, core, volume).ConfigureAwait(false);
        EntryView? written = null;
        await volume.CommitAsync(edit =>
        {
            if (Find(volume, path) is { } entry)
            {
                if (entry.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' is a folder.");
                if (call.Query("base") is var seen && (seen == "none" || (seen.Length > 0 && entry.Shown?.Id.ToHex() != seen)))
                    throw new PeerDriveException(ErrorKind.Conflict, $"'{path}' is not as it was when you looked; look again.");
                // What is known of the file beside its bytes stays.
                var state = entry.Shown is { Kind: DocumentKind.File } shown ? HistoryRoutes.Load(volume, shown.Id).State : new RevisionState { Kind = DocumentKind.File, Mode = NewFileMode };
                edit.Revise(entry.Id, state with { Content = content, Mtime = modified }, default, call.Query("comment"));
                written = entry;
                return;
            }
            if (call.Query("base") is { Length: > 0 } gone && gone != "none") throw new PeerDriveException(ErrorKind.Conflict, $"'{path}' is not there any more; look again.");
            if (call.Flag("folders")) MakeAbove(volume, edit, path);
            var (above, name) = VolumePaths.RequireFree(volume, path);
            written = edit.Create(above, name, new RevisionState { Kind = DocumentKind.File, Mode = NewFileMode, Content = content, Mtime = modified }, call.Query("comment"));
        }).ConfigureAwait(false);
        await AnswerAsync(call, volume, written!.Id).ConfigureAwait(false);
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
        Directory.CreateDirectory(core.Home.UploadsFolder);
        var path = Path.Combine(core.Home.UploadsFolder, Path.GetRandomFileName());
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

    /// <summary>Makes the folders that a path goes through and that are not there.</summary>
    private static void MakeAbove(Volume volume, VolumeEdit edit, string path)
    {
        if (path.Count(letter => letter == '/') > MaxDepth) throw new PeerDriveException(ErrorKind.LimitExceeded, $"'{path}' goes through more than {MaxDepth} folders.");
        NewFolders.Require(volume, edit, EntryName.FromDisplay(path[..Math.Max(0, path.LastIndexOf('/'))]));
    }

    private static EntryView? Find(Volume volume, string path)
    {
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        return found ? entry : null;
    }

    private static Task AnswerAsync(ApiCall call, Volume volume, EntryId id)
    {
        var entry = volume.Reader.Require(id);
        return call.AnswerAsync(EntryViews.Of(volume, entry, volume.Reader.PathOf(id), new PresentContents(volume)));
    }

    private static long Modified(ApiCall call, NodeCore core)
    {
        if (call.Query("modified") is not { Length: > 0 } text) return EntryViews.Nanoseconds(core.Time.GetUtcNow());
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? EntryViews.Nanoseconds(time)
            : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no time in ISO 8601.");
    }
}
