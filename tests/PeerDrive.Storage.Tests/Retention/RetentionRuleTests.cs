using PeerDrive.Storage.Retention;

namespace PeerDrive.Storage.Tests.Retention;

public sealed class RetentionRuleTests
{
    [Theory]
    [InlineData("keep-all")]
    [InlineData("all 30d daily 14 weekly 8 monthly 12 yearly all versions 100 size 10GB trash 90d hold 30d")]
    [InlineData("all 36h hold none")]
    [InlineData("versions 1 hold 90s")]
    [InlineData("size 1500B hold 30d")]
    [InlineData("trash 0d hold 30d")]
    public void A_rule_is_told_as_it_is_written(string text)
    {
        Assert.True(RetentionRule.TryParse(text, out var rule));
        Assert.Equal(text, rule.ToString());
        Assert.Equal(text == "keep-all", rule.IsKeepAll);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("all 30")]
    [InlineData("all -1d")]
    [InlineData("all 99999999d")]
    [InlineData("all 2147483647d")]
    [InlineData("daily 0")]
    [InlineData("daily 999999999")]
    [InlineData("daily many")]
    [InlineData("versions 0")]
    [InlineData("versions none")]
    [InlineData("size big")]
    [InlineData("size 99999999999999999999999TB")]
    [InlineData("sometimes 3")]
    [InlineData("all 1d all 2d")]
    [InlineData("hold")]
    [InlineData("keep-all trash 1d")]
    public void What_is_no_rule_is_refused_and_keeps_all(string text)
    {
        Assert.False(RetentionRule.TryParse(text, out _));
    }

    [Fact]
    public void The_hold_alone_lets_nothing_go()
    {
        Assert.True(RetentionRule.TryParse("hold none", out var rule));
        Assert.True(rule.IsKeepAll);
        Assert.Equal(TimeSpan.Zero, rule.Hold);
        Assert.True(RetentionRule.TryParse("", out var nothing));
        Assert.Equal(RetentionRule.KeepAll, nothing);
    }
}
