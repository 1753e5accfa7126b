using System.Text;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Queries that are kept as documents: small files that hold the text of one.</summary>
internal static class SavedQueries
{
    private const uint Mode = 0x1A4;

    /// <summary>All of a volume.</summary>
    public static IReadOnlyList<SavedQuery> All(NodeCore core, Volume volume)
    {
        var found = new List<SavedQuery>();
        if (core.Volumes.SearchOf(volume) is not { } search) return found;
        for (string? cursor = ""; cursor is not null;)
        {
            var page = search.Find(StoredQuery.All, cursor, SearchLimits.Page);
            found.AddRange(page.Hits.Select(hit => Of(volume, hit.Path, StoredQuery.Read(volume, hit.Entry))));
            cursor = page.Next;
        }
        return [.. found.OrderBy(each => each.Path, StringComparer.Ordinal)];
    }

    /// <summary>One by its path; its content is brought when it is not here.</summary>
    /// <exception cref="PeerDriveException">NotFound, IsAFolder, NotHere; Invalid: it holds no query.</exception>
    public static async Task<SavedQuery> ReadAsync(NodeCore core, Volume volume, string path, CancellationToken cancellation)
    {
        var entry = VolumePaths.Require(volume, path);
        if (entry.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{path}' is a folder.");
        if (entry.Shown is not { Kind: DocumentKind.File } shown || shown.Content.Size > StoredQuery.MaxBytes) throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' holds no query.");
        var bytes = new byte[(int)shown.Content.Size];
        using var pace = new ReadPace(volume.Contents, core.Time);
        using var reader = volume.Contents.OpenReader(shown.Content);
        var read = await pace.ReadAsync(reader, 0, bytes, cancellation).ConfigureAwait(false);
        return Of(volume, volume.Reader.PathOf(entry.Id), Encoding.UTF8.GetString(bytes, 0, read).Trim());
    }

    /// <exception cref="PeerDriveException">Invalid: it is no query. AlreadyExists, NotFound, NotAFolder, Forbidden.</exception>
    public static async Task<SavedQuery> SaveAsync(NodeCore core, Volume volume, SaveQuery request)
    {
        var text = Query.Parse(request.Query).ToString();
        var path = request.Name.EndsWith(Query.FileExtension, StringComparison.Ordinal) ? request.Name : request.Name + Query.FileExtension;
        var slash = path.LastIndexOf('/');
        var folder = slash > 0 ? VolumePaths.Resolve(volume, path[..slash]) : null;
        if (folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path[..slash]}' is not a folder.");
        var name = EntryName.Create(EntryName.FromDisplay(path[(slash + 1)..]));
        var parent = folder?.Id ?? EntryId.Root;
        var content = volume.Contents.Store(Encoding.UTF8.GetBytes(text + "\n"));
        EntryView? made = null;
        await volume.CommitAsync(edit => made = edit.Create(parent, name, new RevisionState
        {
            Kind = DocumentKind.File, Mode = Mode, Content = content, MediaType = Query.MediaType, Mtime = EntryViews.Nanoseconds(core.Time.GetUtcNow()),
        })).ConfigureAwait(false);
        return Of(volume, volume.Reader.PathOf(made!.Id), text);
    }

    private static SavedQuery Of(Volume volume, string path, string? text)
    {
        var parsed = text is null ? null : Query.TryParse(text);
        return new SavedQuery(volume.Name, volume.Id.ToHex(), path, text, parsed?.Error?.Message);
    }
}
