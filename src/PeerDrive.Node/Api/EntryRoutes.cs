using System.Buffers;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>The tree: list, read, trash, undelete.</summary>
internal static class EntryRoutes
{
    private const int MaxPage = 10_000, UsualPage = 1_000, MinPage = 100;

    /// <summary>Bytes that are read and sent at once. The first are few, as they have to come before any is sent; then each time twice as many.</summary>
    private const int FirstReadBytes = 64 << 10, ReadBytes = 1 << 20;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/entries", new("What is in a folder, or a file itself.") { Query = [ApiParameters.Path, ApiParameters.Recursive, ApiParameters.At, ApiParameters.Limit, ApiParameters.Cursor, new("fields", "Names of fields to be told of each, with commas.")], Answers = typeof(IReadOnlyList<EntryStatus>) }, call => ListAsync(call, node.Core));
        api.Get("volumes/{volume}/outline", new("How many entries a folder has, and how its pages lie.") { Query = [ApiParameters.Path, ApiParameters.Limit], Answers = typeof(FolderOutline) }, call => OutlineAsync(call, node.Core));
        api.Get("volumes/{volume}/content", new("Bytes of a file; those that are not here come from other devices.") { Query = [ApiParameters.Path.Required, ApiParameters.Revision, ApiParameters.At, ApiParameters.Inline], Media = "application/octet-stream", HasRanges = true }, call => ReadAsync(call, node.Core));
        api.Get("volumes/{volume}/trash", new("What was deleted.") { Answers = typeof(IReadOnlyList<TrashStatus>) }, call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            return call.AnswerAsync(volume.Reader.Trash(VolumePaths.MaxTrash).Select(entry => Deleted(volume, entry)));
        });
        api.Post("volumes/{volume}/undelete", new("Brings back what was deleted.") { Takes = typeof(PathRequest), Answers = typeof(EntryStatus) }, call => UndeleteAsync(call, node.Core));
    }

    private static Task ListAsync(ApiCall call, NodeCore core)
    {
        var (path, pinned) = VolumePaths.Versioned(call.Query("path"));
        (var volume, path) = core.PlaceOf(call.Route("volume"), path);
        var present = new PresentContents(volume);
        if ((call.Query("at") is { Length: > 0 } asked ? asked : pinned) is { } at) return ListAtAsync(call, volume, at, path, present);
        if (volume.Checkpoints.Kept is { } checkpoint) return ListAsync(call, volume, checkpoint, path, present);
        var entry = VolumePaths.Resolve(volume, path);
        if (entry?.Shown is { Kind: DocumentKind.Link } link && core.DocumentLinks.FolderOf(volume, link) is { } led)
        {
            if (led.Revision is { } version) return ListAtAsync(call, led.Volume, version.ToHex(), VolumePaths.AddressOf(led.Volume, led.Entry), new PresentContents(led.Volume));
            (volume, entry, present) = (led.Volume, led.Entry, new PresentContents(led.Volume));
        }
        var shownPath = entry is null ? "/" : volume.Reader.PathOf(entry.Id);
        var shown = (call.Query("limit").Length > 0 ? Page(call, volume, entry, present)
            : entry is { IsFolder: false } ? [EntryViews.Of(volume, entry, shownPath, present)]
            : EntryViews.Below(volume, entry?.Id ?? EntryId.Root, shownPath, call.Flag("recursive"), present)).Select(core.DocumentLinks.Described);
        if (call.Query("fields") is not { Length: > 0 } wanted) return call.AnswerAsync(shown);
        var fields = new FieldViews(volume, core.Fields.Of(volume));
        var names = FieldViews.Names(wanted);
        return call.AnswerAsync(shown.Select(status => fields.With(status, names)));
    }

    /// <summary>Some entries of a folder, with a link to the next ones.</summary>
    private static IEnumerable<EntryStatus> Page(ApiCall call, Volume volume, EntryView? folder, PresentContents present)
    {
        if (call.Flag("recursive") || folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.Invalid, "Pages are of a folder, without what is in its folders.");
        var limit = call.Number("limit", 1, MaxPage, MaxPage);
        var page = volume.Reader.List(folder?.Id ?? EntryId.Root, Cursor(call.Query("cursor")), limit);
        if (page.Count >= limit) call.LinkNext(CursorAfter(page[^1].ShownName));
        var above = folder is null ? "" : volume.Reader.PathOf(folder.Id);
        return page.Select(entry => EntryViews.Of(volume, entry, $"{above}/{entry.ShownName}", present));
    }

    private static Task OutlineAsync(ApiCall call, NodeCore core)
    {
        var (volume, path) = core.PlaceOf(call.Route("volume"), call.Query("path"));
        var folder = VolumePaths.Resolve(volume, path);
        if (folder?.Shown is { Kind: DocumentKind.Link } link && core.DocumentLinks.FolderOf(volume, link) is { Revision: null } led) (volume, folder) = (led.Volume, led.Entry);
        if (folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path}' is no folder.");
        var limit = call.Number("limit", MinPage, MaxPage, UsualPage);
        var (count, ends) = volume.Reader.Outline(folder?.Id ?? EntryId.Root, limit);
        return call.AnswerAsync(new FolderOutline(count, limit, [.. ends.Select(CursorAfter)]));
    }

    private static string CursorAfter(EntryName name) => Convert.ToHexStringLower(name.Bytes);

    /// <summary>The name after which a page begins.</summary>
    private static EntryName? Cursor(string text)
    {
        if (text.Length == 0) return null;
        try
        {
            var bytes = Convert.FromHexString(text);
            if (EntryName.IsValid(bytes)) return EntryName.Create(bytes);
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is not where a page ended.");
    }

    private static Task ListAsync(ApiCall call, Volume volume, KeptCheckpoint checkpoint, string path, PresentContents present)
    {
        var entry = VolumePaths.Resolve(volume, checkpoint, path);
        var shownPath = entry is null ? "/" : checkpoint.Tree.PathOf(entry);
        return call.AnswerAsync(entry is { IsFolder: false }
            ? [EntryViews.Of(volume, entry, shownPath, present)]
            : EntryViews.Below(volume, checkpoint.Tree, entry?.Id ?? EntryId.Root, shownPath, call.Flag("recursive"), present));
    }

    private static Task ListAtAsync(ApiCall call, Volume volume, string at, string path, PresentContents present)
    {
        var tree = PastViews.Tree(volume, at);
        var entry = PastViews.Resolve(volume, tree, path);
        return call.AnswerAsync(entry is { IsFolder: false }
            ? [PastViews.Of(volume, entry, tree.PathOf(entry.Id) ?? path, present)]
            : PastViews.Below(tree, entry?.Id ?? EntryId.Root, entry is null ? "/" : tree.PathOf(entry.Id)!, call.Flag("recursive")).Select(below => PastViews.Of(volume, below.Entry, below.Path, present)));
    }

    private static async Task ReadAsync(ApiCall call, NodeCore core)
    {
        var (path, pinned) = VolumePaths.Versioned(call.RequiredQuery("path"));
        (var volume, path) = core.PlaceOf(call.Route("volume"), path);
        // A version of a folder is the moment at which it was made.
        if ((call.Query("at") is { Length: > 0 } asked ? asked : pinned is not null && Address.Parse(path).Path.Length > 0 ? pinned : null) is { } at)
        {
            var then = PastViews.Resolve(volume, PastViews.Tree(volume, at), path);
            if (then is null or { IsFolder: true }) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' was a folder then.");
            if (then.Shown is { Kind: DocumentKind.Link } pastLink)
            {
                await SendAsync(call, core, core.DocumentLinks.Follow(volume, path, pastLink), path).ConfigureAwait(false);
                return;
            }
            if (then.Shown is not { Kind: DocumentKind.File } old) throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' was no file with a content then.");
            await SendAsync(call, core, volume, path, old.Content).ConfigureAwait(false);
            return;
        }
        var named = call.Query("revision") is { Length: > 0 } wanted ? wanted : pinned;
        if (named is null && volume.Checkpoints.Kept is { } checkpoint && VolumePaths.Resolve(volume, checkpoint, path) is { Shown: { Kind: DocumentKind.File } told })
        {
            await SendAsync(call, core, volume, path, told.Content).ConfigureAwait(false);
            return;
        }
        var entry = VolumePaths.RequireAlsoDeleted(volume, path);
        if (entry.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' is a folder.");
        var revision = named is not null ? RevisionViews.Require(volume, entry.Document, named)
            : entry.Shown ?? throw new PeerDriveException(ErrorKind.NotHere, $"Nothing is known yet of '{path}' but its name.");
        if (revision.Kind == DocumentKind.Link)
        {
            await SendAsync(call, core, core.DocumentLinks.Follow(volume, path, revision), path).ConfigureAwait(false);
            return;
        }
        if (revision.Kind != DocumentKind.File) throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' is a {EntryViews.KindText(revision.Kind)} and has no content.");
        await SendAsync(call, core, volume, path, revision.Content).ConfigureAwait(false);
    }

    /// <summary>Sends what a link led to.</summary>
    private static Task SendAsync(ApiCall call, NodeCore core, (Volume Volume, RevisionView Revision) led, string path)
    {
        if (led.Revision.Kind == DocumentKind.File) return SendAsync(call, core, led.Volume, path, led.Revision.Content);
        throw led.Revision.Kind == DocumentKind.Folder
            ? new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' is a link to a folder.")
            : new PeerDriveException(ErrorKind.Invalid, $"'{path}' is a link to a {EntryViews.KindText(led.Revision.Kind)}, which has no content.");
    }

    /// <summary>Sends a content, or the part of it that is asked for, as it comes: what is not here is asked of other devices.</summary>
    public static async Task SendAsync(ApiCall call, NodeCore core, Volume volume, string path, Content content)
    {
        var size = (long)content.Size;
        if (call.Negotiate($"{content.Root.ToHex()}-{size}", size) is not { } range) return;
        using var reader = volume.Contents.OpenReader(content);
        using var pace = new ReadPace(volume.Contents, core.Time);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(range.Length, ReadBytes));
        try
        {
            Stream? body = null;
            var length = FirstReadBytes;
            for (var at = range.From; ; length = Math.Min(2 * length, ReadBytes))
            {
                var read = await pace.ReadAsync(reader, at, buffer.AsMemory(0, (int)Math.Min(Math.Min(length, buffer.Length), range.End - at)), call.Cancellation).ConfigureAwait(false);
                // What nobody has is told before the answer begins.
                body ??= call.BeginBytes(range, size, path);
                await body.WriteAsync(buffer.AsMemory(0, read), call.Cancellation).ConfigureAwait(false);
                at += read;
                if (at >= range.End) return;
            }
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere)
        {
            var thinned = volume.Retention.IsThinned(content) ? "the retention rule of this device let this version go. " : "";
            throw new PeerDriveException(e.Kind, $"'{path}': {thinned}{e.Message}", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task UndeleteAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<PathRequest>().ConfigureAwait(false);
        var entry = request switch
        {
            { Entry: { Length: >= 4 } id } => ById(volume, id),
            { Path: { Length: > 0 } path } => VolumePaths.Deleted(volume, path) ?? throw new PeerDriveException(ErrorKind.NotFound, $"'{path}' is not in the trash; see 'peerdrive trash {volume.Name}'."),
            _ => throw new PeerDriveException(ErrorKind.Invalid, "Name what to undelete by its path or its entry."),
        };
        await volume.CommitAsync(edit =>
        {
            var below = entry.IsFolder ? volume.Reader.DeletedWith(entry.Id) : [];
            edit.Undelete(entry.Id);
            foreach (var deleted in below) edit.Undelete(deleted.Id);
        }).ConfigureAwait(false);
        var restored = volume.Reader.Require(entry.Id);
        await call.AnswerAsync(EntryViews.Of(volume, restored, volume.Reader.PathOf(restored.Id), new PresentContents(volume))).ConfigureAwait(false);
    }

    private static EntryView ById(Volume volume, string id)
    {
        if (Id.TryParse<EntryId>(id, out var exact) && volume.Reader.Get(exact) is { } known) return known;
        var found = volume.Reader.Trash(VolumePaths.MaxTrash).Where(entry => entry.Id.ToHex().StartsWith(id, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PeerDriveException(ErrorKind.NotFound, $"No entry '{id}' is in the trash of volume {volume.Name}."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"Several deleted entries begin with '{id}'; write more of the id."),
        };
    }

    private static TrashStatus Deleted(Volume volume, EntryView entry) => new(
        entry.Id.ToHex(), volume.Reader.PathOf(entry.Id), entry.Name.ToString(),
        EntryViews.KindText(entry.Shown?.Kind ?? (entry.IsFolder ? DocumentKind.Folder : DocumentKind.File)),
        (long)(entry.Shown?.Content.Size ?? 0), EntryViews.Time(entry.Shown?.Mtime ?? 0));
}
