using PeerDrive.Storage.Replicas;

namespace PeerDrive.Storage.Tests.Replicas;

public sealed class ReplicaPolicyTests
{
    [Theory]
    [InlineData("full", PolicyKind.Full, 0, "full")]
    [InlineData("metadata", PolicyKind.Metadata, 0, "metadata")]
    [InlineData("cache:100MB", PolicyKind.Cache, 100_000_000, "cache:100MB")]
    [InlineData("cache:1.5GB", PolicyKind.Cache, 1_500_000_000, "cache:1500MB")]
    [InlineData("cache:2GiB", PolicyKind.Cache, 2L << 30, "cache:2GiB")]
    [InlineData("cache:1000001", PolicyKind.Cache, 1_000_001, "cache:1000001B")]
    public void A_policy_is_read_as_it_is_written(string text, PolicyKind kind, long quota, string shown)
    {
        Assert.True(ReplicaPolicy.TryParse(text, out var policy));
        Assert.Equal(new ReplicaPolicy(kind, quota), policy);
        Assert.Equal(shown, policy.ToString());
        Assert.True(ReplicaPolicy.TryParse(shown, out var again));
        Assert.Equal(policy, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Full")]
    [InlineData("cache")]
    [InlineData("cache:")]
    [InlineData("cache:10KB")]
    [InlineData("cache:-5GB")]
    [InlineData("cache:1e30GB")]
    [InlineData("cache:99999999999999999TB")]
    [InlineData("cache:5XB")]
    public void What_is_no_policy_is_refused(string text)
    {
        Assert.False(ReplicaPolicy.TryParse(text, out _));
    }
}
