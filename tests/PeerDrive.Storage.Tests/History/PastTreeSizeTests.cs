using System.Diagnostics;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.History;

namespace PeerDrive.Storage.Tests.History;

public sealed class PastTreeSizeTests
{
    /// <summary>Files of a folder.</summary>
    private const int InFolder = 200;

    [Fact]
    public async Task A_folder_of_a_past_tree_and_a_page_of_the_log_cost_what_they_show_and_not_what_the_volume_holds()
    {
        var isFull = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") == "1";
        var folders = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_PAST_FOLDERS"), out var wanted) ? wanted : isFull ? 5_000 : 50;
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        for (var i = 0; i < folders; i++)
        {
            await volume.CommitAsync(edit =>
            {
                var folder = edit.Create(EntryId.Root, EntryName.Create($"folder{i}"), TestCluster.Folder()).Id;
                for (var n = 0; n < InFolder; n++) edit.Create(folder, EntryName.Create($"file{n}"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4 });
            });
        }
        var moment = TimeProvider.System.GetUtcNow();
        await volume.CommitAsync(edit =>
        {
            var some = volume.Reader.Find(EntryId.Root, EntryName.Create("folder1"))!;
            edit.Delete(some.Id);
            edit.Move(volume.Reader.Find(EntryId.Root, EntryName.Create("folder2"))!.Id, volume.Reader.Find(EntryId.Root, EntryName.Create("folder3"))!.Id, EntryName.Create("moved"));
        });
        volume.History.TreeAt(moment - TimeSpan.FromDays(1)).Children(EntryId.Root);

        var clock = Stopwatch.StartNew();
        var tree = volume.History.TreeAt(moment);
        var found = tree.Find(EntryId.Root, EntryName.Create("folder1"))!;
        Assert.Equal(InFolder, tree.Children(found.Id).Count);
        var folderTime = clock.Elapsed;
        clock.Restart();
        Assert.Equal(folders, tree.Children(EntryId.Root).Count);
        var rootTime = clock.Elapsed;
        clock.Restart();
        Assert.Equal(50, volume.History.Changes(new HistoryQuery(null, null, 50)).Changes.Count);
        var pageTime = clock.Elapsed;
        var told = $"{folders * (InFolder + 1)} entries: a folder of {InFolder} {folderTime.TotalMilliseconds:F1} ms, the top of {folders} {rootTime.TotalMilliseconds:F1} ms, a page {pageTime.TotalMilliseconds:F1} ms";
        if (Environment.GetEnvironmentVariable("PEERDRIVE_TIMES") is { Length: > 0 } file) await File.AppendAllTextAsync(file, told + "\n");
        // Generous: other work shares the machine. What reads the whole log takes minutes at a million.
        Assert.True(folderTime + pageTime < TimeSpan.FromSeconds(2), told);
        Assert.True(rootTime < TimeSpan.FromSeconds(5), told);
    }
}
