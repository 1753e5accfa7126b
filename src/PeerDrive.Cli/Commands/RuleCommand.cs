using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Rules that keep folders of two volumes in step.</summary>
internal static class RuleCommand
{
    private static readonly Argument<VolumePath> Source = VolumePath.Argument("The folder that is followed; VOLUME alone is all of it", needsPath: false);
    private static readonly Argument<string> Target = new("OTHER[:/path]") { Description = "The folder of another volume that is kept in step" };
    private static readonly Option<bool> TwoWay = new("--two-way") { Description = "Both become the same, deletes too; else changes go one way, and nothing is deleted" };
    private static readonly Option<bool> Mirror = new("--mirror") { Description = "The target becomes what the source is, deletes too" };
    private static readonly Option<string> Strategy = new("--strategy") { Description = "What changed on both sides: fast-forward names it, latest shows the newest, merge merges", HelpName = "fast-forward|latest|merge", DefaultValueFactory = _ => "merge" };
    private static readonly Option<string[]> Only = Patterns("--only", "Leave out all that matches none of these, by its path below the folder, and lies in no folder that does (repeatable)");
    private static readonly Option<string[]> Except = Patterns("--except", "Leave out what matches one of these, with all that is in it (repeatable)");
    private static readonly Option<bool> Paused = new("--paused") { Description = "Do not run by itself, only by `rule run`" };
    private static readonly Argument<string> Rule = new("RULE") { Description = "A rule's id as `peerdrive rule list` shows it, or its beginning" };
    private static readonly Argument<string> Path = new("PATH") { Description = "The document, in the source" };
    private static readonly Option<string?> Take = new("--take") { Description = "Which version both show from now on; the other stays in history", HelpName = "source|target|merge" };
    private static readonly Option<bool> Skip = new("--skip") { Description = "Leave the document out from now on" };
    private static readonly Option<bool> Unskip = new("--unskip") { Description = "Do not leave it out any more" };

    public static Command Create(Shell shell) => shell.Group(
        "rule", "Keep folders of two volumes in step", Add(shell), List(shell), Show(shell), Remove(shell), Act(shell, "pause", "Stop following a rule's volumes until it is resumed"),
        Act(shell, "resume", "Go on with a rule"), Act(shell, "run", "Look through both folders of a rule now, paused or not"), Resolve(shell));

    private static Command Add(Shell shell)
    {
        var command = shell.Define(
            "add", "Make a rule, which runs from now on", AddAsync,
            "peerdrive rule add Work Backup", "peerdrive rule add Work:/docs Laptop:/docs --two-way", "peerdrive rule add Site:/public Web --mirror", "peerdrive rule add Work Archive --strategy fast-forward",
            "peerdrive rule add Photos:/2026 Frame --only '*.jpg' --except /private/");
        command.Add(Source);
        command.Add(Target);
        foreach (var option in new Option[] { TwoWay, Mirror, Strategy, Only, Except, Paused }) command.Add(option);
        return command;
    }

    private static async Task<int> AddAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(TwoWay) && call.Get(Mirror)) throw new UsageException("A rule is --two-way or --mirror, not both.");
        var source = call.Get(Source);
        if (VolumePath.Parse(call.Get(Target)) is not { } target) throw new UsageException($"\"{call.Get(Target)}\" names no place in a volume: write VOLUME:/path");
        var direction = call.Get(TwoWay) ? "two-way" : call.Get(Mirror) ? "mirror" : "one-way";
        var rule = await call.Connect().AddRuleAsync(
            new RuleRequest(source.Volume, source.Path, target.Volume, target.Path, direction, call.Get(Strategy), call.Get(Paused)) { Only = call.Get(Only), Except = call.Get(Except) }, cancellation).ConfigureAwait(false);
        return call.Answer(rule, _ => RuleText.Write(call.Output, rule, call.Now));
    }

    private static Option<string[]> Patterns(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PATTERN",
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = true,
    };

    private static Command List(Shell shell) => shell.Define("list", "List the rules", async (call, cancellation) =>
    {
        var rules = await call.Connect().RulesAsync(cancellation).ConfigureAwait(false);
        return call.Answer(rules, _ =>
        {
            if (rules.Count == 0)
            {
                call.Output.WriteLine("No rules. Make one with: peerdrive rule add VOLUME:/path OTHER:/path");
                return;
            }
            var table = new TextTable("RULE", "BETWEEN", "STRATEGY", "STATE", ">PROBLEMS");
            foreach (var rule in rules) table.Add(rule.Rule, RuleText.Direction(rule), rule.Strategy, rule.State, JobText.Count(rule.Problems.Count));
            table.WriteTo(call.Output);
        });
    }, "peerdrive rule list");

    private static Command Show(Shell shell)
    {
        var command = shell.Define("show", "Show a rule, and with which documents it did not do what it is for", async (call, cancellation) =>
        {
            var rule = await call.Connect().RuleAsync(call.Get(Rule), cancellation).ConfigureAwait(false);
            return call.Answer(rule, _ => RuleText.Write(call.Output, rule, call.Now));
        }, "peerdrive rule show 4f2a");
        command.Add(Rule);
        return command;
    }

    private static Command Remove(Shell shell)
    {
        var command = shell.Define("remove", "End a rule; both folders keep what they have", async (call, cancellation) =>
        {
            await call.Connect().RemoveRuleAsync(call.Get(Rule), cancellation).ConfigureAwait(false);
            return call.Done($"Rule {call.Get(Rule)} is gone; both folders keep what they have.");
        }, "peerdrive rule remove 4f2a");
        command.Add(Rule);
        return command;
    }

    private static Command Act(Shell shell, string action, string description)
    {
        var command = shell.Define(action, description, RunAsync, $"peerdrive rule {action} 4f2a");
        command.Add(Rule);
        return command;

        async Task<int> RunAsync(Call call, CancellationToken cancellation)
        {
            var request = call.Connect(Timeout.InfiniteTimeSpan).RuleActionAsync(call.Get(Rule), action, cancellation);
            var rule = await new JobProgress(call, call.Connect()).WhileAsync(request, job => action == "run" && job.Kind == "rule", cancellation).ConfigureAwait(false);
            return call.Answer(rule, _ => RuleText.Write(call.Output, rule, call.Now));
        }
    }

    private static Command Resolve(Shell shell)
    {
        var command = shell.Define(
            "resolve", "Settle a document that changed on both sides, or leave it out", ResolveAsync, "peerdrive rule resolve 4f2a /plan.txt --take source", "peerdrive rule resolve 4f2a /plan.txt --skip");
        command.Add(Rule);
        command.Add(Path);
        foreach (var option in new Option[] { Take, Skip, Unskip }) command.Add(option);
        return command;
    }

    private static async Task<int> ResolveAsync(Call call, CancellationToken cancellation)
    {
        string?[] said = [call.Get(Take), call.Get(Skip) ? "skip" : null, call.Get(Unskip) ? "unskip" : null];
        if (said.Count(each => each is not null) != 1) throw new UsageException("Say what becomes of it: --take source, --take target, --take merge, --skip or --unskip.");
        var rule = await call.Connect(Timeout.InfiniteTimeSpan).SettleRuleAsync(call.Get(Rule), new RuleSettle(call.Get(Path), said.First(each => each is not null)!), cancellation).ConfigureAwait(false);
        return call.Answer(rule, _ => RuleText.Write(call.Output, rule, call.Now));
    }
}
