using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Rules;

namespace PeerDrive.Node.Rules;

/// <summary>A rule as node.json keeps it. Ids are hexadecimal.</summary>
/// <param name="SourceFolder">The folder's entry; null: the top folder. Of a rule for one file the file's. So for <paramref name="TargetFolder"/>.</param>
/// <param name="Direction">one-way, two-way or mirror.</param>
/// <param name="Strategy">fast-forward, latest or merge.</param>
internal sealed record KeptRule(string Id, string Source, string? SourceFolder, string Target, string? TargetFolder, string Direction, string Strategy, bool IsPaused)
{
    /// <summary>Patterns of what the rule is for; none: for all. So what it is not for: <see cref="Except"/>.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether it is for one file. A version that does not know of such takes it for a rule between folders that are not there, and does nothing.</summary>
    public bool IsFile { get; init; }

    /// <summary>What it is between: there is one rule between the same two.</summary>
    public (string Source, string? SourceFolder, string Target, string? TargetFolder) Between() => (Source, SourceFolder, Target, TargetFolder);

    /// <exception cref="PeerDriveException">Invalid: it is not one that this version knows. Otherwise as <see cref="RuleFilter.Create"/>.</exception>
    public SyncRule Rule()
    {
        var (source, target) = (Entry(SourceFolder), Entry(TargetFolder));
        return new SyncRule(Id, IsFile ? EntryId.Root : source, IsFile ? EntryId.Root : target, DirectionOf(Direction), StrategyOf(Strategy))
        {
            Filter = RuleFilter.Create(Only, Except), File = IsFile ? (source, target) : null,
        };
    }

    /// <exception cref="PeerDriveException">Invalid: there is no such direction.</exception>
    public static RuleDirection DirectionOf(string text) => text switch
    {
        "one-way" => RuleDirection.OneWay,
        "two-way" => RuleDirection.TwoWay,
        "mirror" => RuleDirection.Mirror,
        _ => throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no direction of a rule; there are: one-way, two-way, mirror."),
    };

    /// <exception cref="PeerDriveException">Invalid: there is no such strategy.</exception>
    public static RuleStrategy StrategyOf(string text) => text switch
    {
        "fast-forward" => RuleStrategy.FastForward,
        "latest" => RuleStrategy.Latest,
        "merge" => RuleStrategy.Merge,
        _ => throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no strategy of a rule; there are: fast-forward, latest, merge."),
    };

    private static EntryId Entry(string? hex) => hex is null ? EntryId.Root
        : Model.Identifiers.Id.TryParse<EntryId>(hex, out var id) ? id : throw new PeerDriveException(ErrorKind.Invalid, $"node.json names '{hex}' as the folder or file of a rule, which is none.");
}
