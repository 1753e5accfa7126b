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

    [Fact]
    public void A_journal_that_grew_beside_readers_is_emptied_between_their_reads()
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-database-").FullName;
        try
        {
            var path = Path.Combine(folder, "test.db");
            using var database = Database.Open(path, durable: false);
            using var reader = Database.Open(path, durable: false);
            database.Execute("CREATE TABLE blocks(bytes BLOB)");
            reader.Execute("PRAGMA busy_timeout=1");
            database.Execute("PRAGMA busy_timeout=1");
            for (var i = 0; i < 5; i++)
            {
                // Somebody always reads an older state when more is committed.
                using var reading = reader.BeginRead();
                Assert.Equal(10 * i, Count(reader));
                for (var block = 0; block < 10; block++) database.Execute("INSERT INTO blocks VALUES(randomblob(1048576))");
            }
            Assert.True(database.JournalBytes > 24L << 20, $"{database.JournalBytes} bytes");
            using (reader.BeginRead())
            {
                Assert.Equal(50, Count(reader));
                database.Execute("INSERT INTO blocks VALUES('small')");
                database.EmptyJournal();
                Assert.True(database.JournalBytes > 0);
                Assert.Equal(50, Count(reader));
            }
            database.EmptyJournal();
            Assert.Equal(0, database.JournalBytes);
            Assert.Equal(51, Count(reader));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Count(Database database)
    {
        using var count = database.Prepare("SELECT count(*) FROM blocks");
        Assert.True(count.Step());
        return count.Long(0);
    }
}
