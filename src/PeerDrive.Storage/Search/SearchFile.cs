using PeerDrive.Model.Errors;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Search;

/// <summary>Opens a volume's search index, and makes it anew when it is damaged or of another version.</summary>
internal static class SearchFile
{
    public const string Name = "search.db";

    public static Database Open(IDisk disk, string path)
    {
        try
        {
            if (Prepared(disk.OpenDatabase(path, durable: false)) is { } ready) return ready;
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            // Only derived.
        }
        disk.DeleteDatabase(path);
        return Prepared(disk.OpenDatabase(path, durable: false))!;
    }

    /// <summary>Null: it is of another version, and was closed.</summary>
    private static Database? Prepared(Database db)
    {
        try
        {
            int version;
            using (var select = db.Prepare("PRAGMA user_version"))
            {
                select.Step();
                version = select.Int(0);
            }
            if (version is not (0 or SearchSchema.Version))
            {
                db.Dispose();
                return null;
            }
            db.Execute($"PRAGMA cache_size=-{SearchLimits.CacheKibibytes}");
            db.Execute(SearchSchema.Sql);
            db.Execute($"PRAGMA user_version = {SearchSchema.Version}");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }
}
