using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Tests.Databases;

public sealed class DatabaseTests
{
    [Fact]
    public void A_journal_that_grew_with_one_commit_gives_its_room_back()
    {
        const long most = 20L << 20;
        var folder = Directory.CreateTempSubdirectory("peerdrive-database-").FullName;
        try
        {
            var path = Path.Combine(folder, "test.db");
            using var database = Database.Open(path, durable: false);
            lock (database.Gate)
            {
                database.Execute("CREATE TABLE blocks(bytes BLOB)");
                using (var transaction = database.Begin())
                {
                    for (var i = 0; i < 60; i++) database.Execute("INSERT INTO blocks VALUES(randomblob(1048576))");
                    transaction.Commit();
                }
                Assert.True(new FileInfo(path + "-wal").Length > most);
                for (var i = 0; i < 2; i++) database.Execute("INSERT INTO blocks VALUES('small')");
                Assert.InRange(new FileInfo(path + "-wal").Length, 0, most);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
