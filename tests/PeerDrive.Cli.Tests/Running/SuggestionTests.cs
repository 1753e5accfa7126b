using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Tests.Running;

public sealed class SuggestionTests
{
    private static readonly string[] Words = ["status", "volume", "log", "link", "unlink", "restore"];

    [Theory]
    [InlineData("stauts", "status")]
    [InlineData("restroe", "restore")]
    [InlineData("unlnk", "unlink")]
    [InlineData("vol", "volume")]
    [InlineData("LOG", null)]
    [InlineData("quit", null)]
    [InlineData("", null)]
    public void A_near_word_is_suggested_and_a_far_one_is_not(string typed, string? meant)
    {
        Assert.Equal(meant, Suggestion.For(typed, Words));
    }

    [Fact]
    public void An_endless_word_costs_nothing()
    {
        Assert.Null(Suggestion.For(new string('x', 1_000_000), Words));
    }
}
