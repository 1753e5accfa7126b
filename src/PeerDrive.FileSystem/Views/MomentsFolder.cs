using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Views;

/// <summary>The whole tree as it was, by moment or by the beginning of a changeset's or revision's id. Listed are the last moments at which something changed.</summary>
internal sealed class MomentsFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    private const int Listed = 100;

    protected override ViewNode? Find(EntryName name)
    {
        var text = name.ToString();
        if (Views.Times.Parse(text) is { } moment) return Top(text, PastKey.At(moment));
        if (!ViewNames.IsIdPrefix(text, ChangesetHash.Size)) return null;
        if (Views.Reader.ChangesetsStarting(text) is [var changeset]) return Top(text, PastKey.Of(changeset));
        return Views.Reader.RevisionsStarting(text) is [var revision] ? Top(text, PastKey.Of(revision.Id)) : null;
    }

    protected override IEnumerable<ViewLine> List()
    {
        // Some moments may share a millisecond.
        var names = Views.Reader.LastTimes(Listed).Select(Views.Times.Precise).OfType<string>().Distinct();
        return names.Select(text => new ViewLine(EntryName.Create(text), Top(text, PastKey.At(Views.Times.Parse(text)!.Value))));
    }

    private PastFolder Top(string text, PastKey past) => PastFolder.Top(Views, text, Inode, past);
}
