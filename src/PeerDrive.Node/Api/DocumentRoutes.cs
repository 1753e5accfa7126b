using PeerDrive.Client.Contracts;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Documents by their identity: addresses, places, links and what leads to them.</summary>
internal static class DocumentRoutes
{
    private const uint LinkMode = 0x1FF;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("addresses", new("What an address leads to.") { Query = [new("address", "pd:…") { IsRequired = true }], Answers = typeof(DocumentStatus) }, call => ResolveAsync(call, node.Core));
        api.Get("volumes/{volume}/document", new("A document: its address, its places, and what links to it.") { Query = [ApiParameters.Path.Required, ApiParameters.Revision], Answers = typeof(DocumentStatus) }, call => ShowAsync(call, node.Core));
        api.Get("volumes/{volume}/backlinks", new("What links to a document.") { Query = [ApiParameters.Path.Required], Answers = typeof(BacklinksStatus) }, call => BacklinksAsync(call, node.Core));
        api.Post("volumes/{volume}/places", new("Files a document in a further folder.") { Takes = typeof(CreatePlace), Answers = typeof(DocumentStatus) }, call => PlaceAsync(call, node.Core));
        api.Delete("volumes/{volume}/places", new("Takes a document out of one of its folders.") { Query = [ApiParameters.Path.Required], Answers = typeof(DocumentStatus) }, call => RemovePlaceAsync(call, node.Core));
        api.Post("volumes/{volume}/document-links", new("Makes a link to a document.") { Takes = typeof(CreateDocumentLink), Answers = typeof(DocumentStatus) }, call => LinkAsync(call, node.Core));
    }

    private static Task ResolveAsync(ApiCall call, NodeCore core)
    {
        var text = call.RequiredQuery("address");
        var address = Address.Parse(text);
        return AnswerAsync(call, core, core.Volumes.Require(address.Volume.ToHex()), text, null);
    }

    private static Task ShowAsync(ApiCall call, NodeCore core)
    {
        var (volume, path) = core.PlaceOf(call.Route("volume"), call.RequiredQuery("path"));
        return AnswerAsync(call, core, volume, path, call.Query("revision") is { Length: > 0 } named ? named : null);
    }

    private static Task BacklinksAsync(ApiCall call, NodeCore core)
    {
        var (volume, path) = core.PlaceOf(call.Route("volume"), call.RequiredQuery("path"));
        var (document, _) = DocumentViews.Resolve(volume, path, null);
        return call.AnswerAsync(DocumentViews.Backlinks(core.DocumentLinks, volume, document));
    }

    private static async Task PlaceAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<CreatePlace>().ConfigureAwait(false);
        var entry = VolumePaths.Require(volume, request.Path);
        if (entry.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{request.Path}' is a folder, and a folder has one place only. Link to it instead: peerdrive ln");
        if (Address.IsAddress(request.Folder) && Address.Parse(request.Folder).Volume != volume.Id)
            throw new PeerDriveException(ErrorKind.OtherVolume, $"A document has places in its own volume only, and {request.Folder} is in another one than {volume.Name}. Link to it instead: peerdrive ln");
        var folder = VolumePaths.Resolve(volume, request.Folder);
        if (folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{request.Folder}' is not a folder.");
        var name = request.Name is { Length: > 0 } wanted ? NameOf(wanted) : entry.ShownName;
        await volume.CommitAsync(edit => edit.Link(folder?.Id ?? EntryId.Root, name, entry.Id)).ConfigureAwait(false);
        await call.AnswerAsync(DocumentViews.Of(core.DocumentLinks, volume, entry.Document, null)).ConfigureAwait(false);
    }

    private static async Task RemovePlaceAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = call.RequiredQuery("path");
        if (Address.IsAddress(path)) throw new PeerDriveException(ErrorKind.Invalid, $"{path} is in all its places; name the one to take it out of by its path.");
        var entry = VolumePaths.Require(volume, path);
        await volume.CommitAsync(edit =>
        {
            if (volume.Reader.LinkCount(entry.Document) < 2) throw new PeerDriveException(ErrorKind.Conflict, $"'{path}' is the only place of what is there; to take it out would be to delete it.");
            edit.Delete(entry.Id);
        }).ConfigureAwait(false);
        await call.AnswerAsync(DocumentViews.Of(core.DocumentLinks, volume, entry.Document, null)).ConfigureAwait(false);
    }

    private static async Task LinkAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<CreateDocumentLink>().ConfigureAwait(false);
        var target = request.TargetVolume is { Length: > 0 } named ? core.Volumes.Require(named)
            : Address.IsAddress(request.TargetPath) ? core.Volumes.Require(Address.Parse(request.TargetPath).Volume.ToHex()) : volume;
        var (document, revision) = DocumentViews.Resolve(target, request.TargetPath, request.Revision);
        var (folder, name) = PlaceOf(volume, request.Path, target, document);
        EntryView? made = null;
        await volume.CommitAsync(edit => made = edit.Create(folder, name, new RevisionState
        {
            Kind = DocumentKind.Link, Mode = LinkMode, Target = LinkTarget.Of(volume.Id, target.Id, document, revision).Encode(), Mtime = EntryViews.Nanoseconds(core.Time.GetUtcNow()),
        })).ConfigureAwait(false);
        await call.AnswerAsync(DocumentViews.Of(core.DocumentLinks, volume, made!.Document, null)).ConfigureAwait(false);
    }

    /// <summary>A new name in a folder that is there; of a folder itself, the target's name in it.</summary>
    private static (EntryId Folder, EntryName Name) PlaceOf(Volume volume, string path, Volume target, DocumentId document)
    {
        if (volume.Reader.Resolve(EntryName.FromDisplay(VolumePaths.PlainPath(volume, path)), out var found) is var there && found && there is null or { IsFolder: true })
            return (there?.Id ?? EntryId.Root, target.Reader.PlacesOf(document) is [var entry, ..] ? entry.Name : throw new PeerDriveException(ErrorKind.Invalid, "Say what the link is to be called."));
        var slash = path.TrimEnd('/').LastIndexOf('/');
        var folder = VolumePaths.Resolve(volume, path[..slash]);
        if (folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path[..slash]}' is not a folder.");
        return (folder?.Id ?? EntryId.Root, NameOf(path.TrimEnd('/')[(slash + 1)..]));
    }

    private static EntryName NameOf(string text)
    {
        var bytes = EntryName.FromDisplay(text);
        return EntryName.IsValid(bytes) ? EntryName.Create(bytes) : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' cannot be a name.");
    }

    private static Task AnswerAsync(ApiCall call, NodeCore core, Volume volume, string path, string? revision)
    {
        var (document, pinned) = DocumentViews.Resolve(volume, path, revision);
        return call.AnswerAsync(DocumentViews.Of(core.DocumentLinks, volume, document, pinned) with { LocalPath = LocalPaths.Of(core, new LinkedDocument(volume, document, pinned)) });
    }
}
