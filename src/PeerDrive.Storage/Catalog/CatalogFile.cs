using PeerDrive.Model.Errors;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Catalog;

/// <summary>Opens a volume's catalog, and makes it anew when it is damaged.</summary>
internal static class CatalogFile
{
    public static Database Open(IDisk disk, string path)
    {
        try
        {
            return Prepared(disk.OpenDatabase(path, durable: false));
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            // Only derived: a damaged catalog is made anew.
            disk.DeleteDatabase(path);
            return Prepared(disk.OpenDatabase(path, durable: false));
        }

        static Database Prepared(Database db)
        {
            try
            {
                VolumeCatalog.CreateTables(db);
                return db;
            }
            catch
            {
                db.Dispose();
                throw;
            }
        }
    }
}
