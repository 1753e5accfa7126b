using System.CommandLine;
using System.CommandLine.Parsing;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Arguments;

/// <summary>
/// A place in a volume, written VOLUME:/path, or an address as `peerdrive address` prints it. The volume is a name or an id; the path begins with a slash, or is the
/// address.
/// </summary>
internal sealed record VolumePath(string Volume, string Path)
{
    private const string Scheme = "pd:";
    private const int VolumeDigits = 32;

    /// <summary>The path is an address, which the node understands wherever it takes a path.</summary>
    public bool IsAddress => Path.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>The version that an address names; null: none.</summary>
    public string? Revision => IsAddress && Path.Split('/') is [_, var document, ..] && document.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? document[(at + 1)..] : null;

    /// <summary>Reads VOLUME:/path or an address; VOLUME alone is its root. Returns null when it is neither.</summary>
    public static VolumePath? Parse(string text)
    {
        if (LooksLikeAddress(text)) return ParseAddress(text);
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
        CustomParser = result => Parsed(result, needsPath),
    };

    /// <summary>An argument VOLUME:/path that may be left away.</summary>
    public static Argument<VolumePath?> OptionalArgument(string description) => new("VOLUME:/path")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? null : Parsed(result, needsPath: true),
    };

    /// <summary>A place that is not a whole volume.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static VolumePath Require(string text) => Parse(text) is { Path: not "/" } place ? place : throw new UsageException(Fault(text));

    /// <summary>Why a text is no place.</summary>
    public static string Fault(string text) => LooksLikeAddress(text)
        ? $"\"{(text.Length > 100 ? text[..100] + "…" : text)}\" is no address of a document: write pd:VOLUME/DOCUMENT as `peerdrive address` prints it, ids whole"
        : $"\"{text}\" names no place in a volume: write VOLUME:/path";

    public override string ToString() => IsAddress ? Path : $"{Volume}:{Path}";

    private static VolumePath? Parsed(ArgumentResult result, bool needsPath)
    {
        var text = result.Tokens[0].Value;
        if (Parse(text) is { } place && (!needsPath || place.Path != "/")) return place;
        result.AddError(Fault(text));
        return null;
    }

    /// <summary>pd:/path is a place in a volume of that name.</summary>
    private static bool LooksLikeAddress(string text) => text.Length > Scheme.Length && text.StartsWith(Scheme, StringComparison.Ordinal) && text[Scheme.Length] != '/';

    private static VolumePath? ParseAddress(string text)
    {
        var rest = text[Scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var volume = slash < 0 ? rest : rest[..slash];
        if (volume.Length != VolumeDigits || !volume.All(char.IsAsciiHexDigit)) return null;
        return new VolumePath(volume, slash < 0 || rest[slash..].Trim('/').Length == 0 ? "/" : text);
    }

    private static string Normal(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return "/" + string.Join('/', parts);
    }
}
