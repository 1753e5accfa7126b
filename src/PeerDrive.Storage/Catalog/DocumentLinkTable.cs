using PeerDrive.Model.Addresses;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>What link documents refer to, by target. The caller holds the catalog's gate.</summary>
internal sealed class DocumentLinkTable(Database db)
{
    /// <summary>Notes what a revision refers to, if it is one of a link.</summary>
    public void Add(long revision, RevisionState state)
    {
        if (state.Kind != DocumentKind.Link || LinkTarget.Parse(state.Target.Span) is not { } target) return;
        var insert = db.Prepare("INSERT INTO links(revision, volume, document, pinned) VALUES(?, ?, ?, ?)").Bind(revision);
        Bind(Bind(Bind(insert, target.Volume), target.Document), target.Revision).Run();
    }

    /// <summary>Rows of the link documents of which a head refers to a document.</summary>
    /// <param name="volume">Where the document is; null: in the links' own volume.</param>
    /// <param name="row">The document's row here, for links that are pinned to a revision of it; null: it has none.</param>
    public List<long> To(VolumeId? volume, DocumentId document, long? row)
    {
        var found = new List<long>();
        using (var select = Bind(db.Prepare("""
            SELECT DISTINCT revisions.document FROM links CROSS JOIN revisions ON revisions.id = links.revision
            WHERE links.document = ? AND links.volume IS ? AND revisions.head = 1 ORDER BY revisions.document
            """).BindId(document), volume))
        {
            while (select.Step()) found.Add(select.Long(0));
        }
        if (volume is not null || row is not { } known) return found;
        using var pinned = db.Prepare("""
            SELECT DISTINCT revisions.document FROM revisions AS targets CROSS JOIN links ON links.pinned = targets.revision CROSS JOIN revisions ON revisions.id = links.revision
            WHERE targets.document = ? AND links.document IS NULL AND revisions.head = 1 ORDER BY revisions.document
            """).Bind(known);
        while (pinned.Step())
        {
            if (!found.Contains(pinned.Long(0))) found.Add(pinned.Long(0));
        }
        return found;
    }

    private static Statement Bind<T>(Statement statement, T? id)
        where T : struct, IId<T> => id is { } known ? statement.BindId(known) : statement.Bind((long?)null);
}
