using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>Every query is a folder in here, under its text, in which a slash is written <c>%2F</c> and a percent sign <c>%25</c>. Listed are the saved ones, by path.</summary>
internal sealed class SearchesFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name)
    {
        if (Views.Search is null) return null;
        var text = Encoding.UTF8.GetString(name.Bytes);
        if (text.EndsWith(Query.FileExtension, StringComparison.Ordinal) && List().FirstOrDefault(line => line.Name == name).Node is { } saved) return saved;
        var plain = text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace("%25", "%", StringComparison.Ordinal);
        return Query.TryParse(plain) is { IsQuery: true } parsed ? new MatchesFolder(Views, $"text/{text}", Inode, () => parsed.Query) : null;
    }

    protected override IEnumerable<ViewLine> List() => Views.Search is { } search
        ? search.Find(StoredQuery.All, null, MatchesFolder.Listed).Hits.Where(hit => !hit.Entry.IsFolder).Select(hit => new ViewLine(Views.Names.OfPath(hit.Entry), Saved(hit.Entry)))
        : [];

    /// <summary>Its text may change at any time, and with it what is shown.</summary>
    private MatchesFolder Saved(EntryView entry) => new(
        Views, $"saved/{entry.Id.ToHex()}", Inode,
        () => Views.Reader.Get(entry.Id) is { IsLive: true } now && StoredQuery.Read(Views.Volume, now) is { } text ? Query.TryParse(text).Query : null);
}
