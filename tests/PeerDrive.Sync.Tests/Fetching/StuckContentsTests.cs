using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>Contents that no connected device has, beside others.</summary>
public sealed class StuckContentsTests
{
    [Fact]
    public async Task However_many_contents_nobody_has_the_others_come()
    {
        const int many = SyncLimits.PlannedContents + 100;
        await using var maker = new TestNode("maker");
        await maker.CreateVolumeAsync("Shared");
        await using var reader = await HostilePeer.CreateAsync(maker, Role.Writer);
        var (volume, from) = (reader.Volume, maker.Volume.Contents);
        var contents = Enumerable.Range(0, many).Select(i => from.Store(BitConverter.GetBytes(i))).ToList();
        await maker.Volume.CommitAsync(edit =>
        {
            foreach (var (i, content) in contents.Index()) edit.Create(EntryId.Root, EntryName.Create($"f{i}"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = content });
        });
        await volume.ApplyAsync(maker.Volume.ReadMissing(volume.Vector, int.MaxValue));
        HashSet<ChunkId> had = [contents[0].Root, contents[^1].Root];
        await using var fetcher = new VolumeFetcher(volume, new ManualTimeProvider(), () => "");
        var source = new ScriptedSource();
        source.Wanted = chunk =>
        {
            if (!had.Contains(chunk))
            {
                fetcher.NotHere(source, chunk);
                return;
            }
            using var received = Received.Of(from.Chunks, chunk);
            Assert.True(fetcher.Receive(source, received));
        };
        fetcher.AddSource(source);
        fetcher.Start();
        await Soon.UntilAsync("the oldest and the newest to come", () => had.All(volume.Contents.Chunks.Contains));

        var late = await maker.WriteAsync("late", [1, 2, 3, 4, 5]);
        had.Add(late.Shown!.Value.Content.Root);
        await volume.ApplyAsync(maker.Volume.ReadMissing(volume.Vector, int.MaxValue));
        fetcher.Wake();
        await Soon.UntilAsync("one that came later to come", () => had.All(volume.Contents.Chunks.Contains));
        await Soon.UntilAsync("all to have been asked for", () => source.Wants.Count == many + 1);
        Assert.True(fetcher.IsStuck);
    }
}
