using System.CommandLine;

namespace PeerDrive.Cli.Arguments;

/// <summary>A place in a volume, written VOLUME:/path. The volume is a name or an id; the path begins with a slash.</summary>
internal sealed record VolumePath(string Volume, string Path)
{
    /// <summary>Reads VOLUME:/path; VOLUME alone is its root. Returns null when it is neither.</summary>
    public static VolumePath? Parse(string text)
    {
        var colon = text.IndexOf(":/", StringComparison.Ordinal);
        if (colon > 0) return new VolumePath(text[..colon], Normal(text[(colon + 1)..]));
        if (text.Length > 1 && text[^1] == ':') return new VolumePath(text[..^1], "/");
        return text.Length == 0 || text.Contains(':', StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal)
            ? null
            : new VolumePath(text, "/");
    }

    /// <summary>An argument VOLUME:/path.</summary>
    /// <param name="needsPath">The root of a volume is not enough.</param>
    public static Argument<VolumePath> Argument(string description, bool needsPath) => new(needsPath ? "VOLUME:/path" : "VOLUME[:/path]")
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } place && (!needsPath || place.Path != "/")) return place;
            result.AddError($"\"{text}\" names no place in a volume: write VOLUME:/path");
            return null;
        },
    };

    public override string ToString() => $"{Volume}:{Path}";

    private static string Normal(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return "/" + string.Join('/', parts);
    }
}
