using System.Text;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>Owners and groups of revisions, each kept once. The caller holds the catalog's gate.</summary>
internal sealed class OwnerTable(Database db)
{
    private readonly RowMemory<Owner> memory = new();

    public long RowOf(Owner owner)
    {
        if (memory.RowOf(owner) is { } known) return known;
        var name = Encoding.UTF8.GetBytes(owner.Name);
        using (var find = db.Prepare("SELECT id FROM owners WHERE number = ? AND name = ?").Bind(owner.Number).Bind(name))
        {
            if (find.Step()) return memory.Remember(owner, find.Long(0));
        }
        db.Prepare("INSERT INTO owners(number, name) VALUES(?, ?)").Bind(owner.Number).Bind(name).Run();
        return memory.Remember(owner, db.LastInsertedRow);
    }

    public Owner Get(long row)
    {
        if (memory.IdOf(row) is { } known) return known;
        using var find = db.Prepare("SELECT number, name FROM owners WHERE id = ?").Bind(row);
        find.Step();
        var owner = new Owner((uint)find.Long(0), Encoding.UTF8.GetString(find.Blob(1)));
        memory.Remember(owner, row);
        return owner;
    }

    /// <summary>Drops what is remembered outside the database: after a rollback it is not so.</summary>
    public void Forget() => memory.Forget();
}
