using System.Collections.Immutable;

namespace PeerDrive.Model.Patterns;

/// <summary>
/// A pattern of paths in gitignore's syntax, on bytes: a line of an ignore file, or what a person names files by. Matching walks the set of possible positions in the pattern
/// along the path, so its cost is at most the product of both lengths.
/// </summary>
public sealed class PathPattern
{
    /// <summary>Longer ones match nothing.</summary>
    public const int MaxBytes = 1024;

    private readonly ImmutableArray<PatternToken> tokens;
    private readonly byte[]? literal;
    private readonly byte[]? ending;
    private readonly bool foldersOnly;
    private readonly bool nameOnly;

    private PathPattern(ReadOnlySpan<byte> line, bool isNegated)
    {
        IsNegated = isNegated;
        if (line[^1] == (byte)'/')
        {
            foldersOnly = true;
            line = line[..^1];
        }
        nameOnly = !line.Contains((byte)'/');
        if (line.StartsWith("/"u8)) line = line[1..];
        tokens = Parse(line);
        if (tokens.All(token => token.Kind == PatternTokenKind.Literal)) literal = Bytes(tokens);
        else if (nameOnly && tokens[0].Kind == PatternTokenKind.Star && tokens.Skip(1).All(token => token.Kind == PatternTokenKind.Literal)) ending = Bytes(tokens.RemoveAt(0));
    }

    /// <summary>It takes back what earlier patterns ignore.</summary>
    public bool IsNegated { get; }

    /// <summary>Whether it can match something; a class without an end and the like cannot.</summary>
    public bool IsWellFormed => tokens.All(token => token.Kind != PatternTokenKind.Never);

    /// <summary>A pattern; null for an empty line, a comment or a line that is too long.</summary>
    public static PathPattern? Create(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith("\r"u8)) line = line[..^1];
        line = WithoutTrailingSpaces(line);
        if (line.IsEmpty || line[0] == (byte)'#' || line.Length > MaxBytes) return null;
        var isNegated = line[0] == (byte)'!';
        if (isNegated) line = line[1..];
        return line.IsEmpty || line.SequenceEqual("/"u8) ? null : new PathPattern(line, isNegated);
    }

    /// <param name="path">Relative to the folder that the pattern is for.</param>
    public bool Matches(ReadOnlySpan<byte> path, bool isFolder)
    {
        if (foldersOnly && !isFolder) return false;
        var text = nameOnly ? path[(path.LastIndexOf((byte)'/') + 1)..] : path;
        if (literal is not null) return text.SequenceEqual(literal);
        if (ending is not null) return text.EndsWith(ending);
        return Walk(text);
    }

    private bool Walk(ReadOnlySpan<byte> text)
    {
        Span<bool> now = stackalloc bool[MaxBytes + 2];
        Span<bool> next = stackalloc bool[MaxBytes + 2];
        now = now[..(tokens.Length + 1)];
        next = next[..(tokens.Length + 1)];
        now[0] = true;
        Skip(now);
        foreach (var b in text)
        {
            next.Clear();
            var any = false;
            for (var i = 0; i < tokens.Length; i++)
            {
                if (!now[i]) continue;
                var token = tokens[i];
                switch (token.Kind)
                {
                    case PatternTokenKind.Literal when token.Byte == b:
                    case PatternTokenKind.Class when b != (byte)'/' && (token.Set![b >> 3] & (1 << (b & 7))) != 0:
                        next[i + 1] = any = true;
                        break;
                    case PatternTokenKind.Star when b != (byte)'/':
                    case PatternTokenKind.Path:
                        next[i] = any = true;
                        break;
                    case PatternTokenKind.Within:
                        next[i] = any = true;
                        if (b == (byte)'/') next[i + 1] = true;
                        break;
                }
            }
            if (!any) return false;
            Skip(next);
            var old = now;
            now = next;
            next = old;
        }
        return now[tokens.Length];
    }

    /// <summary>Adds the positions that are reached without a byte.</summary>
    private void Skip(Span<bool> positions)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!positions[i]) continue;
            if (tokens[i].Kind is PatternTokenKind.Star or PatternTokenKind.Path) positions[i + 1] = true;
            if (tokens[i].Kind == PatternTokenKind.Folders) positions[i + 1] = positions[i + 2] = true;
        }
    }

    private static byte[] Bytes(IEnumerable<PatternToken> tokens) => [.. tokens.Select(token => token.Byte)];

    private static ReadOnlySpan<byte> WithoutTrailingSpaces(ReadOnlySpan<byte> line)
    {
        var end = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == (byte)'\\')
            {
                i++;
                end = Math.Min(i + 1, line.Length);
            }
            else if (line[i] != (byte)' ')
            {
                end = i + 1;
            }
        }
        return line[..end];
    }

    private static ImmutableArray<PatternToken> Parse(ReadOnlySpan<byte> text)
    {
        var tokens = ImmutableArray.CreateBuilder<PatternToken>();
        for (var at = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case (byte)'\\':
                    tokens.Add(at + 1 < text.Length ? new PatternToken(PatternTokenKind.Literal, text[at + 1]) : new PatternToken(PatternTokenKind.Never));
                    at += 2;
                    break;
                case (byte)'?':
                    tokens.Add(new PatternToken(PatternTokenKind.Class, Set: AllButSlash()));
                    at++;
                    break;
                case (byte)'[':
                    tokens.Add(ParseClass(text, ref at));
                    break;
                case (byte)'*':
                    ParseStars(text, ref at, tokens);
                    break;
                default:
                    tokens.Add(new PatternToken(PatternTokenKind.Literal, text[at++]));
                    break;
            }
        }
        return tokens.ToImmutable();
    }

    private static void ParseStars(ReadOnlySpan<byte> text, ref int at, ImmutableArray<PatternToken>.Builder tokens)
    {
        var begin = at;
        while (at < text.Length && text[at] == (byte)'*') at++;
        var rest = text[at..];
        var isPath = at - begin > 1 && (begin == 0 || text[begin - 1] == (byte)'/') && (rest.IsEmpty || rest[0] == (byte)'/' || rest.StartsWith("\\/"u8));
        if (!isPath)
        {
            tokens.Add(new PatternToken(PatternTokenKind.Star));
        }
        else if (!rest.IsEmpty && rest[0] == (byte)'/')
        {
            tokens.Add(new PatternToken(PatternTokenKind.Folders));
            tokens.Add(new PatternToken(PatternTokenKind.Within));
            at++;
        }
        else
        {
            tokens.Add(new PatternToken(PatternTokenKind.Path));
        }
    }

    private static PatternToken ParseClass(ReadOnlySpan<byte> text, ref int at)
    {
        var set = new byte[32];
        var i = at + 1;
        var isNegated = i < text.Length && text[i] is (byte)'!' or (byte)'^';
        if (isNegated) i++;
        var isFirst = true;
        int previous = -1;
        for (; i < text.Length; i++, isFirst = false)
        {
            var b = text[i];
            if (b == (byte)']' && !isFirst)
            {
                at = i + 1;
                return new PatternToken(PatternTokenKind.Class, Set: isNegated ? Inverted(set) : set);
            }
            if (b == (byte)'[' && i + 1 < text.Length && text[i + 1] == (byte)':' && text[(i + 2)..].IndexOf((byte)']') is > 0 and var length && text[i + 1 + length] == (byte)':')
            {
                if (!TryAddNamed(text.Slice(i + 2, length - 1), set)) break;
                i += length + 2;
                previous = -1;
                continue;
            }
            if (b == (byte)'-' && previous >= 0 && i + 1 < text.Length && text[i + 1] != (byte)']')
            {
                b = text[++i];
                if (b == (byte)'\\')
                {
                    if (++i == text.Length) break;
                    b = text[i];
                }
                for (var member = previous; member <= b; member++) Add(set, (byte)member);
                previous = -1;
                continue;
            }
            if (b == (byte)'\\')
            {
                if (++i == text.Length) break;
                b = text[i];
            }
            Add(set, b);
            previous = b;
        }
        at = text.Length;
        return new PatternToken(PatternTokenKind.Never);
    }

    private static bool TryAddNamed(ReadOnlySpan<byte> name, byte[] set)
    {
        Func<char, bool>? contains = System.Text.Encoding.Latin1.GetString(name) switch
        {
            "alnum" => char.IsAsciiLetterOrDigit,
            "alpha" => char.IsAsciiLetter,
            "blank" => c => c is ' ' or '\t',
            "cntrl" => c => c < ' ' || c == 127,
            "digit" => char.IsAsciiDigit,
            "graph" => c => c is > ' ' and < (char)127,
            "lower" => char.IsAsciiLetterLower,
            "print" => c => c is >= ' ' and < (char)127,
            "punct" => c => c is > ' ' and < (char)127 && !char.IsAsciiLetterOrDigit(c),
            "space" => c => c is ' ' or (>= '\t' and <= '\r'),
            "upper" => char.IsAsciiLetterUpper,
            "xdigit" => char.IsAsciiHexDigit,
            _ => null,
        };
        if (contains is null) return false;
        for (var c = 0; c < 128; c++)
        {
            if (contains((char)c)) Add(set, (byte)c);
        }
        return true;
    }

    private static void Add(byte[] set, byte member) => set[member >> 3] |= (byte)(1 << (member & 7));

    private static byte[] Inverted(byte[] set) => [.. set.Select(bits => (byte)~bits)];

    private static byte[] AllButSlash()
    {
        var set = new byte[32];
        set[(byte)'/' >> 3] = 1 << ((byte)'/' & 7);
        return Inverted(set);
    }
}
