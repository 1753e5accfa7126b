using System.Collections.Immutable;
using PeerDrive.Model.Patterns;

namespace PeerDrive.Folders.Ignoring;

/// <summary>
/// What a linked folder leaves out, as git decides it: the last pattern that matches wins, those of deeper files before
/// those above. What lies in an ignored folder is ignored with it; callers do not walk into one. Immutable.
/// </summary>
public sealed class IgnoreRules
{
    /// <summary>Bytes of an ignore file that are read; the rest of a longer one counts for nothing.</summary>
    public const int MaxFileBytes = 256 << 10;

    /// <summary>Patterns of one file.</summary>
    public const int MaxPatterns = 5000;

    public static readonly IgnoreRules Empty = new(null, [], []);

    private readonly IgnoreRules? above;
    private readonly byte[] folder;
    private readonly ImmutableArray<PathPattern> patterns;

    private IgnoreRules(IgnoreRules? above, byte[] folder, ImmutableArray<PathPattern> patterns)
    {
        this.above = above;
        this.folder = folder;
        this.patterns = patterns;
    }

    /// <param name="text">An ignore file's bytes.</param>
    /// <param name="folder">Path of its folder from the top, empty for the top itself.</param>
    public static IgnoreRules Parse(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folder)
    {
        text = text[..Math.Min(text.Length, MaxFileBytes)];
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var patterns = ImmutableArray.CreateBuilder<PathPattern>();
        foreach (var range in text.Split((byte)'\n'))
        {
            if (patterns.Count == MaxPatterns) break;
            if (PathPattern.Create(text[range]) is { } pattern) patterns.Add(pattern);
        }
        return new IgnoreRules(null, folder.ToArray(), patterns.ToImmutable());
    }

    /// <summary>These rules with those of one file deeper, which win.</summary>
    public IgnoreRules With(IgnoreRules deeper) => deeper.patterns.IsEmpty ? this : new IgnoreRules(this, deeper.folder, deeper.patterns);

    /// <param name="path">From the top.</param>
    public bool IsIgnored(ReadOnlySpan<byte> path, bool isFolder)
    {
        for (var rules = this; rules is not null; rules = rules.above)
        {
            if (rules.patterns.IsEmpty || !TryRelative(path, rules.folder, out var relative)) continue;
            for (var i = rules.patterns.Length - 1; i >= 0; i--)
            {
                if (rules.patterns[i].Matches(relative, isFolder)) return !rules.patterns[i].IsNegated;
            }
        }
        return false;
    }

    private static bool TryRelative(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder, out ReadOnlySpan<byte> relative)
    {
        relative = path;
        if (folder.IsEmpty) return true;
        if (path.Length <= folder.Length || !path.StartsWith(folder) || path[folder.Length] != (byte)'/') return false;
        relative = path[(folder.Length + 1)..];
        return true;
    }
}
