using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Copies;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Tests.Presence;

namespace PeerDrive.Sync.Tests.Copies;

public sealed class CopyTableTests
{
    private static readonly object Connection = new();

    private readonly SteppedTime time = new();

    [Fact]
    public void Those_of_lowest_rank_are_asked_to_keep_and_no_more_than_are_needed()
    {
        var table = Table(2, Caches(6));
        var content = Look(table, Content(1));
        AnswerAll(table, content, HaveAnswer.NotHere);
        var asked = table.ToKeep(content).Select(peer => peer.Device).ToList();
        Assert.Equal(Caches(6).Select(each => each.Device).OrderBy(device => CopyRank.Of(content.Content.Root, device)).Take(2), asked);
        foreach (var peer in table.ToKeep(content).ToList()) table.Note(content, peer, HaveAnswer.Takes, HaveWish.Keep);
        Assert.Empty(table.ToKeep(content));
        table.EndLook(content);
        Assert.Equal((1, 1), (table.State(true).Short, table.State(true).Taken));
    }

    [Fact]
    public void Who_declines_is_passed_over_and_asked_again_later()
    {
        var table = Table(1, Caches(3));
        var content = Look(table, Content(1));
        AnswerAll(table, content, HaveAnswer.NotHere);
        var asked = new List<DeviceId>();
        while (table.ToKeep(content).SingleOrDefault() is { } peer)
        {
            asked.Add(peer.Device);
            table.Note(content, peer, HaveAnswer.NotHere, HaveWish.Keep);
        }
        table.EndLook(content);
        Assert.Equal(3, asked.Distinct().Count());
        Assert.False(table.HasDue);
        time.Advance(SyncLimits.CopyRetryTaken);
        Assert.Same(content, Assert.Single(table.TakeDue(10)));
        Assert.Equal(asked[0], Assert.Single(table.ToKeep(content)).Device);
    }

    [Fact]
    public void Devices_that_keep_all_are_waited_for_and_metadata_is_never_asked_to_keep()
    {
        List<(DeviceId, object, PolicyKind?)> peers = [(Device(1), Connection, PolicyKind.Full), (Device(2), Connection, PolicyKind.Metadata), (Device(3), Connection, null), (Device(4), Connection, PolicyKind.Cache)];
        var table = Table(1, peers);
        var content = Look(table, Content(1));
        AnswerAll(table, content, HaveAnswer.NotHere);
        Assert.Empty(table.ToKeep(content));
        table.EndLook(content);
        // It has no room, or is paused: another one takes its place.
        time.Advance(SyncLimits.CopyPatience + TimeSpan.FromMinutes(1));
        Assert.Single(table.TakeDue(10));
        AnswerAll(table, content, HaveAnswer.NotHere);
        Assert.Equal(Device(4), Assert.Single(table.ToKeep(content)).Device);
    }

    [Fact]
    public void Who_promises_and_never_has_it_is_passed_over_after_a_while()
    {
        var table = Table(1, Caches(2));
        var content = Look(table, Content(1));
        AnswerAll(table, content, HaveAnswer.NotHere);
        var liar = Assert.Single(table.ToKeep(content));
        var others = new HashSet<DeviceId>();
        for (var i = 0; i < 60; i++)
        {
            foreach (var peer in table.ToKeep(content).ToList())
            {
                others.Add(peer.Device);
                table.Note(content, peer, HaveAnswer.Takes, HaveWish.Keep);
            }
            table.EndLook(content);
            time.Advance(table.UntilDue!.Value);
            Assert.Single(table.TakeDue(10));
            AnswerAll(table, content, HaveAnswer.NotHere);
        }
        // It may still come: both go on to be asked whether they have it.
        table.EndLook(content);
        time.Advance(table.UntilDue!.Value);
        Assert.Single(table.TakeDue(10));
        var first = Assert.Single(table.ToAsk(content));
        table.Note(content, first, HaveAnswer.NotHere, HaveWish.Know);
        table.Note(content, Assert.Single(table.ToAsk(content)), HaveAnswer.Has, HaveWish.Know);
        Assert.Equal(0, table.State(true).Short);
        Assert.Contains(liar.Device, others);
        Assert.Equal(2, others.Count);
    }

    [Fact]
    public void What_a_device_confirmed_counts_until_it_is_away_for_long_or_no_member()
    {
        var table = Table(2, Caches(2));
        var content = Look(table, Content(1));
        AnswerAll(table, content, HaveAnswer.Has);
        table.EndLook(content);
        Assert.Equal(0, table.State(true).Short);
        table.Meet([], _ => true);
        time.Advance(SyncLimits.CopyAway - TimeSpan.FromMinutes(1));
        Assert.False(table.Meet([], _ => true));
        Assert.Equal(0, table.State(true).Short);
        Assert.True(table.Meet([], device => device != Device(0)));
        Assert.Equal(1, table.State(true).Short);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(table.Meet([], _ => true));
        Assert.Equal((1, 1000), (table.State(true).Short, table.State(true).ShortBytes));
    }

    [Fact]
    public void One_that_dropped_it_counts_no_more_and_another_one_takes_its_place()
    {
        var table = Table(1, Caches(2));
        var content = Look(table, Content(1));
        table.Note(content, table.ToAsk(content).Single(), HaveAnswer.Has, HaveWish.Know);
        table.EndLook(content);
        Assert.Empty(table.ToAsk(content));
        Assert.False(table.HasDue);
        table.NoteDropped(Caches(2).Select(each => each.Device).Order().First(), content.Content);
        Assert.Same(content, Assert.Single(table.TakeDue(10)));
        var other = Assert.Single(table.ToAsk(content));
        table.Note(content, other, HaveAnswer.NotHere, HaveWish.Know);
        var keeper = Assert.Single(table.ToKeep(content).Where(peer => peer.Device == other.Device).DefaultIfEmpty(table.ToKeep(content).Single()));
        table.Note(content, keeper, (HaveAnswer)255, HaveWish.Keep);
        Assert.DoesNotContain(keeper, table.ToKeep(content));
        Assert.Equal(1, table.State(true).Short);
    }

    [Fact]
    public void An_answer_that_is_none_confirms_nothing_and_devices_beyond_the_cap_are_passed_over()
    {
        var table = Table(16, Caches(100));
        var content = Look(table, Content(1));
        var asked = 0;
        for (var rounds = 0; table.ToAsk(content).ToList() is { Count: > 0 } peers; rounds++)
        {
            Assert.InRange(rounds, 0, SyncLimits.CopyDevices);
            asked += peers.Count;
            foreach (var peer in peers) table.Note(content, peer, rounds % 2 == 0 ? null : (HaveAnswer)200, HaveWish.Know);
        }
        table.EndLook(content);
        Assert.Equal(SyncLimits.CopyDevices, asked);
        Assert.Equal(1, table.State(true).Short);
    }

    /// <summary>Holders that know nothing of each other's choices, devices with little room: each content comes to lie on enough devices, and on no more.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Holders_that_act_apart_make_the_copies_that_are_needed_and_no_more(int seed)
    {
        var random = new Random(seed);
        var (devices, copies) = (random.Next(4, 10), random.Next(1, 4));
        var held = Enumerable.Range(0, devices).Select(_ => new HashSet<int>()).ToList();
        for (var content = 0; content < 40; content++) held[random.Next(devices)].Add(content);
        var tables = Enumerable.Range(0, devices).Select(own => Table(copies, [.. Caches(devices).Where(each => each.Device != Device(own))])).ToList();
        for (var round = 0; round < 4; round++)
        {
            foreach (var own in Enumerable.Range(0, devices).OrderBy(_ => random.Next()))
            {
                foreach (var content in held[own].ToList()) tables[own].Add(Content(content), 1, round);
                time.Advance(SyncLimits.CopyRetryMost);
                var group = tables[own].TakeDue(1000);
                foreach (var content in group)
                {
                    int Number() => (int)content.Content.Depth;
                    while (tables[own].ToAsk(content).ToList() is { Count: > 0 } asked)
                        asked.ForEach(peer => tables[own].Note(content, peer, held[IndexOf(peer.Device)].Contains(Number()) ? HaveAnswer.Has : HaveAnswer.NotHere, HaveWish.Know));
                    while (tables[own].ToKeep(content).ToList() is { Count: > 0 } asked)
                    {
                        foreach (var peer in asked)
                        {
                            held[IndexOf(peer.Device)].Add(Number());
                            tables[own].Note(content, peer, HaveAnswer.Takes, HaveWish.Keep);
                        }
                    }
                    tables[own].EndLook(content);
                }
            }
        }
        for (var content = 0; content < 40; content++) Assert.Equal(Math.Min(devices, copies + 1), held.Count(each => each.Contains(content)));

        int IndexOf(DeviceId device) => Enumerable.Range(0, devices).First(i => Device(i) == device);
    }

    private static DeviceId Device(int i) => Id.Hash<DeviceId>([(byte)i, 1]);

    private static Content Content(int i) => new(1000, (uint)i, Id.Hash<ChunkId>([(byte)i, 2]), 0);

    private static List<(DeviceId Device, object Connection, PolicyKind? Policy)> Caches(int count) => [.. Enumerable.Range(0, count).Select(i => (Device(i), Connection, (PolicyKind?)PolicyKind.Cache))];

    private CopyTable Table(int copies, List<(DeviceId Device, object Connection, PolicyKind? Policy)> peers)
    {
        var table = new CopyTable(time);
        table.Want(copies);
        table.Meet(peers, _ => true);
        return table;
    }

    private static WatchedContent Look(CopyTable table, Content content)
    {
        table.Add(content, 1, 1);
        return Assert.Single(table.TakeDue(10));
    }

    private static void AnswerAll(CopyTable table, WatchedContent content, HaveAnswer answer)
    {
        while (table.ToAsk(content).ToList() is { Count: > 0 } asked) asked.ForEach(peer => table.Note(content, peer, answer, HaveWish.Know));
    }
}
