using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>What peers were asked for readers and did not send, by a clock that the test moves.</summary>
public sealed class DemandTests : IAsyncLifetime
{
    private readonly byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
    private readonly ManualTimeProvider time = new();
    private readonly ScriptedSource one = new(), other = new();
    private TestNode maker = null!;
    private HostilePeer reader = null!;
    private VolumeFetcher fetcher = null!;
    private Content content;

    public async Task InitializeAsync()
    {
        maker = new TestNode("maker");
        await maker.CreateVolumeAsync("Shared");
        reader = await HostilePeer.CreateAsync(maker, Role.Writer);
        reader.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        reader.Volume.Replica.SetReadWait(TimeSpan.FromMinutes(5));
        content = (await maker.WriteAsync("file", bytes)).Shown!.Value.Content;
        fetcher = new VolumeFetcher(reader.Volume, time, () => "");
        fetcher.AddSource(one);
        fetcher.Start();
    }

    public async Task DisposeAsync()
    {
        await fetcher.DisposeAsync();
        await reader.DisposeAsync();
        await maker.DisposeAsync();
    }

    [Fact]
    public async Task A_late_answer_that_nobody_waits_for_any_more_settles_what_its_sender_was_asked_for()
    {
        var first = BringAsync();
        await UntilAskedAsync(one, 1);
        fetcher.AddSource(other);
        await UntilAskedAsync(other, 1);
        Receive(one);
        await first.OrFail();
        Receive(other);

        // Again, and of the other one only.
        reader.Volume.Contents.Chunks.Forget(content.Root);
        fetcher.RemoveSource(one);
        var second = BringAsync();
        await UntilAskedAsync(other, 2);
        Receive(other);
        await second.OrFail();
    }

    [Fact]
    public async Task A_peer_that_forgot_what_it_was_asked_for_is_asked_again()
    {
        var reading = BringAsync();
        await UntilAskedAsync(one, 1);
        await UntilAskedAsync(one, 2);
        Receive(one);
        await reading.OrFail();
    }

    [Fact]
    public async Task A_peer_that_a_limit_keeps_from_being_asked_has_forgotten_nothing()
    {
        one.IsHeldBack = true;
        var reading = BringAsync();
        await UntilAskedAsync(one, 1);
        for (var i = 0; i < 60; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Receive(one);
        await reading.OrFail();
        Assert.Single(one.Wants);
    }

    private Task BringAsync() => fetcher.Demand.BringAsync(this, content, 0, bytes.Length, CancellationToken.None);

    private Task UntilAskedAsync(ScriptedSource source, int times) => Soon.UntilAsync("the peer to be asked", () =>
    {
        if (source.Wants.Count < times) time.Advance(TimeSpan.FromSeconds(1));
        return source.Wants.Count >= times;
    });

    private void Receive(ScriptedSource from)
    {
        using var chunk = Received.Of(maker.Volume.Contents.Chunks, content.Root);
        Assert.True(fetcher.Receive(from, chunk));
    }
}
