using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Commands;

public sealed class RuleCommandTests : IAsyncLifetime
{
    private static readonly RuleStatus Rule = new(
        "4f2a0011", "Work", "/docs", "Archive", "/", "two-way", "fast-forward", ["*.txt", "/docs/"], ["*.tmp"], "problems", null, null, 1_200,
        [new RuleProblemStatus("Work", "/docs/plan.txt", "1f", "BothChanged", "It changed on both sides.")], ["/docs/left"]);

    private readonly TestShell shell = new();
    private FakeNode node = null!;

    public async Task InitializeAsync() => node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Theory]
    [InlineData("Work:/docs Archive", "one-way", "merge", "/docs", "/", "false")]
    [InlineData("Work Archive:/w --two-way --strategy latest", "two-way", "latest", "/", "/w", "false")]
    [InlineData("Work Archive --mirror --paused", "mirror", "merge", "/", "/", "true")]
    public async Task What_is_typed_is_what_the_node_is_asked_for(string typed, string direction, string strategy, string from, string to, string isPaused)
    {
        node.On("POST rules", Rule);
        Assert.Equal(0, await RunAsync(["rule", "add", .. typed.Split(' ')]));
        foreach (var part in new[] { $"\"direction\": \"{direction}\"", $"\"strategy\": \"{strategy}\"", $"\"sourcePath\": \"{from}\"", $"\"targetPath\": \"{to}\"", $"\"isPaused\": {isPaused}" })
            Assert.Contains(part, node.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_are_sent_as_they_are_typed_and_listed_for_programs()
    {
        node.On("POST rules", Rule);
        Assert.Equal(0, await RunAsync("rule", "add", "Work", "Archive", "--only", "*.txt", "/docs/", "--except", "*.tmp", "--except", "a b"));
        var asked = string.Concat(node.Asked[^1].Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains("\"only\":[\"*.txt\",\"/docs/\"],\"except\":[\"*.tmp\",\"ab\"]", asked, StringComparison.Ordinal);
        node.On("GET rules", new[] { Rule });
        Assert.Equal(0, await RunAsync("rule", "list", "--json"));
        Assert.Contains("\"only\":[\"*.txt\",\"/docs/\"],\"except\":[\"*.tmp\"]", string.Concat(shell.Text.Where(c => !char.IsWhiteSpace(c))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_is_told_with_its_problems_and_what_it_leaves_out()
    {
        node.On("GET rules/4f2a", Rule);
        Assert.Equal(0, await RunAsync("rule", "show", "4f2a"));
        Assert.Contains("Rule 4f2a0011: Work:/docs <-> Archive:/", shell.Text, StringComparison.Ordinal);
        Assert.Contains("  only: *.txt, /docs/", shell.Text, StringComparison.Ordinal);
        Assert.Contains("  except: *.tmp", shell.Text, StringComparison.Ordinal);
        Assert.Contains("in step but for 1, 1,200 changes", shell.Text, StringComparison.Ordinal);
        Assert.Contains("Work:/docs/plan.txt: It changed on both sides.", shell.Text, StringComparison.Ordinal);
        Assert.Contains("left out: /docs/left", shell.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_before_the_node_is_asked()
    {
        Assert.Equal(2, await RunAsync("rule", "add", "Work", "Archive", "--two-way", "--mirror"));
        Assert.Equal(2, await RunAsync("rule", "add", "Work", "a/b"));
        Assert.Equal(2, await RunAsync("rule", "resolve", "4f2a", "/plan.txt"));
        Assert.Equal(2, await RunAsync("rule", "resolve", "4f2a", "/plan.txt", "--skip", "--take", "source"));
        Assert.Empty(node.Asked);
    }

    [Fact]
    public async Task Settling_and_replicating_say_what_came_of_it()
    {
        node.On("POST rules/4f2a/settle", Rule with { State = "in-step", Problems = [] });
        Assert.Equal(0, await RunAsync("rule", "resolve", "4f2a", "/plan.txt", "--take", "source"));
        Assert.Contains("\"take\": \"source\"", node.Asked[^1], StringComparison.Ordinal);
        Assert.Contains("in step", shell.Text, StringComparison.Ordinal);
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/Work/replicate", new ReplicateStatus("Archive", "/docs", 12, 3, Rule.Problems));
        Assert.Equal(0, await RunAsync("replicate", "Work:/docs", "Archive:/"));
        Assert.Contains("Work:/docs is Archive:/docs too: 12 files, 3 folders.", shell.Text, StringComparison.Ordinal);
        Assert.Contains("Work:/docs/plan.txt: It changed on both sides.", shell.Text, StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => shell.RunAsync([.. arguments, "--home", node.Home]);
}
