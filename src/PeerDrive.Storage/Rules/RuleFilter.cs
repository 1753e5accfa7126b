using System.Collections.Immutable;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Patterns;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// What of its folders a rule is for, by patterns of the path below them, in the syntax of ignore files. What matches a pattern of <c>except</c>, or lies in a folder that does, is left out;
/// if there are any of <c>only</c>, so is what neither matches one of these nor lies in a folder that does. Immutable.
/// </summary>
public sealed class RuleFilter
{
    /// <summary>Patterns of one rule, of both kinds together.</summary>
    public const int MaxPatterns = 100;

    private readonly ImmutableArray<PathPattern> only, except;

    private RuleFilter(ImmutableArray<PathPattern> only, ImmutableArray<PathPattern> except) => (this.only, this.except) = (only, except);

    /// <summary>Leaves nothing out.</summary>
    public static RuleFilter None { get; } = new([], []);

    public bool IsNone => only.IsEmpty && except.IsEmpty;

    /// <exception cref="PeerDriveException">Invalid: a pattern that matches nothing or means something else in a list. LimitExceeded: too many.</exception>
    public static RuleFilter Create(IReadOnlyCollection<string> only, IReadOnlyCollection<string> except)
    {
        if (only.Count + except.Count > MaxPatterns) throw new PeerDriveException(ErrorKind.LimitExceeded, $"A rule has at most {MaxPatterns} patterns; these are {only.Count + except.Count}.");
        return new RuleFilter([.. only.Select(Parse)], [.. except.Select(Parse)]);
    }

    /// <summary>What the filter makes of a place, step by step from the top.</summary>
    /// <param name="above">Of the folder it is in.</param>
    /// <param name="path">Below the rule's folder.</param>
    internal RuleReach Next(RuleReach above, ReadOnlySpan<byte> path, bool isFolder)
    {
        if (above == RuleReach.Out || Matches(except, path, isFolder)) return RuleReach.Out;
        if (above == RuleReach.In || Matches(only, path, isFolder)) return RuleReach.In;
        return isFolder ? RuleReach.Between : RuleReach.Out;
    }

    /// <summary>Of the rule's folder itself.</summary>
    internal RuleReach Top => only.IsEmpty ? RuleReach.In : RuleReach.Between;

    private static bool Matches(ImmutableArray<PathPattern> patterns, ReadOnlySpan<byte> path, bool isFolder)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(path, isFolder)) return true;
        }
        return false;
    }

    private static PathPattern Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new PeerDriveException(ErrorKind.Invalid, "An empty pattern matches nothing; leave it out.");
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > PathPattern.MaxBytes)
            throw new PeerDriveException(ErrorKind.Invalid, $"A pattern has at most {PathPattern.MaxBytes} bytes; the one that begins with '{Begin(text)}' has {bytes.Length}.");
        if (text.AsSpan().IndexOfAny('\n', '\0') >= 0) throw new PeerDriveException(ErrorKind.Invalid, $"'{Begin(text)}': a pattern is one line.");
        if (text[0] == '!') throw new PeerDriveException(ErrorKind.Invalid, $"'{Begin(text)}': a pattern of a rule takes nothing back; say what it is for with --only, and what not with --except. A name that begins with ! is \\!.");
        if (text[0] == '#') throw new PeerDriveException(ErrorKind.Invalid, $"'{Begin(text)}' is a comment and matches nothing. A name that begins with # is \\#.");
        return PathPattern.Create(bytes) is { IsWellFormed: true } pattern ? pattern
            : throw new PeerDriveException(ErrorKind.Invalid, $"'{Begin(text)}' matches nothing: write patterns as in an ignore file, such as *.jpg, /drafts/ or docs/**/[0-9]*.txt.");
    }

    private static string Begin(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
