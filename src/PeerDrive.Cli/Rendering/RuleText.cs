using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>Rules in words.</summary>
internal static class RuleText
{
    /// <summary>Problems that are written out; more are counted.</summary>
    private const int MostProblems = 20;

    public static string Direction(RuleStatus rule) => rule.Direction switch
    {
        "two-way" => $"{rule.SourceVolume}:{rule.SourcePath} <-> {rule.TargetVolume}:{rule.TargetPath}",
        "mirror" => $"{rule.SourceVolume}:{rule.SourcePath} => {rule.TargetVolume}:{rule.TargetPath}",
        _ => $"{rule.SourceVolume}:{rule.SourcePath} -> {rule.TargetVolume}:{rule.TargetPath}",
    };

    public static void Write(TextWriter output, RuleStatus rule, DateTimeOffset now)
    {
        output.WriteLine($"Rule {rule.Rule}: {Direction(rule)}");
        output.WriteLine($"  {rule.Direction}, {rule.Strategy}; {State(rule)}{(rule.LastRun is { } last ? $", last run {RelativeTime.Show(last, now)}" : "")}, {JobText.Count(rule.Changed)} changes since the node started");
        if (rule.Only.Count > 0) output.WriteLine($"  only: {string.Join(", ", rule.Only)}");
        if (rule.Except.Count > 0) output.WriteLine($"  except: {string.Join(", ", rule.Except)}");
        if (rule.Failure is { } failure) output.WriteLine($"  {failure}");
        WriteProblems(output, rule.Problems);
        foreach (var path in rule.Skipped) output.WriteLine($"  left out: {path}");
    }

    public static void WriteProblems(TextWriter output, IReadOnlyList<RuleProblemStatus> problems)
    {
        foreach (var problem in problems.Take(MostProblems)) output.WriteLine($"  {problem.Volume}:{problem.Path}: {problem.Message}");
        if (problems.Count > MostProblems) output.WriteLine($"  and {JobText.Count(problems.Count - MostProblems)} more");
    }

    public static string State(RuleStatus rule) => rule.State switch
    {
        "in-step" => "in step",
        "problems" => $"in step but for {JobText.Count(rule.Problems.Count)}",
        var other => other,
    };
}
