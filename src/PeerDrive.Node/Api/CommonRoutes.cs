using PeerDrive.Client.Contracts;
using PeerDrive.FileSystem.Common;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Api;

/// <summary>The common tree of a group: list, read, and whose something is.</summary>
internal static class CommonRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/common/entries", new("A folder of a group's common tree: its own volume and all offers in one.") { Query = [ApiParameters.Path, ApiParameters.Recursive], Answers = typeof(IReadOnlyList<EntryStatus>) }, call => ListAsync(call, node.Core));
        api.Get("volumes/{volume}/common/content", new("Bytes of a file of the common tree.") { Query = [ApiParameters.Path.Required, ApiParameters.Inline], Media = "application/octet-stream", HasRanges = true }, call => ReadAsync(call, node.Core));
        api.Get("volumes/{volume}/common/where", new("Whose a place in the common tree is.") { Query = [ApiParameters.Path.Required], Answers = typeof(CommonWhere) }, call => WhereAsync(call, node.Core));
    }

    private static Task ListAsync(ApiCall call, NodeCore core)
    {
        var path = call.Query("path");
        var (top, entry) = Resolve(call, core, path);
        return call.AnswerAsync(entry switch
        {
            null => CommonViews.Below(top, "", call.Flag("recursive")),
            { Folder: { } folder } => CommonViews.Below(folder, Normal(path), call.Flag("recursive")),
            _ => [CommonViews.Of(entry, Normal(path))],
        });
    }

    private static Task ReadAsync(ApiCall call, NodeCore core)
    {
        var path = call.RequiredQuery("path");
        var (_, entry) = Resolve(call, core, path);
        if (entry?.Folder is not null || entry is null) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' is a folder.");
        var copy = entry.Best;
        if (copy.Revision.Kind != DocumentKind.File) throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' is a {EntryViews.KindText(copy.Revision.Kind)} and has no content.");
        return EntryRoutes.SendAsync(call, core, copy.Source.Volume, path, copy.Revision.Content);
    }

    private static Task WhereAsync(ApiCall call, NodeCore core)
    {
        var path = call.RequiredQuery("path");
        var (top, entry) = Resolve(call, core, path);
        var folder = entry is null ? top : entry.Folder;
        IReadOnlyList<CommonOwner> owners = folder is not null
            ? [.. folder.Sources.Select(source => new CommonOwner(source.Owner, source.Volume.Id.ToHex(), null, false, source.IsReachable()))]
            : [.. entry!.Copies.Select(copy => new CommonOwner(
                copy.Source.Owner, copy.Source.Volume.Id.ToHex(), copy.Source.Volume.Reader.PathOf(copy.Entry.Id), copy.IsHere, copy.Source.IsReachable()))];
        var shown = entry is { Folder: null } ? entry.Copies[0].Revision : default;
        return call.AnswerAsync(new CommonWhere(path, EntryViews.KindText(folder is null ? shown.Kind : DocumentKind.Folder), (long)shown.Content.Size, owners));
    }

    private static (CommonFolder Top, CommonEntry? Entry) Resolve(ApiCall call, NodeCore core, string path)
    {
        if (core.Offers.ServesOnly) throw new PeerDriveException(ErrorKind.Forbidden, "This node was started with --serve-only; it does not bring what others offer. Start it without.");
        var group = core.Volumes.Require(call.Route("volume"));
        var top = core.Offers.ViewOf(group).Top;
        var entry = top.Resolve(EntryName.FromDisplay(path), out var found);
        return found ? (top, entry) : throw new PeerDriveException(ErrorKind.NotFound, $"There is no '{path}' in the common tree of {group.Name}.");
    }

    private static string Normal(string path) => "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}
