using System.Runtime.CompilerServices;
using System.Text;

namespace PeerDrive.Posix.Conformance;

/// <summary>
/// Tests of one subject: its public methods. Each runs on an instance of its own with a fresh directory as the working
/// directory, which everybody may write to, and a umask of 0.
/// </summary>
internal abstract class Suite
{
    /// <summary>Some user who owns nothing, and another.</summary>
    protected const uint User = 65533, Other = 65532, Group = 65531, OtherGroup = 65530;

    private readonly List<int> open = [];

    /// <summary>Closes what the test left open.</summary>
    public void CloseAll()
    {
        foreach (var fd in open) _ = Close(fd);
        open.Clear();
    }

    protected static long Ok(long outcome, [CallerArgumentExpression(nameof(outcome))] string call = "") =>
        outcome >= 0 ? outcome : throw new CheckFailedException($"{call}: expected success, actual {Outcome.Describe(outcome)}");

    protected static void Fails(Errno expected, long outcome, [CallerArgumentExpression(nameof(outcome))] string call = "")
    {
        if (outcome != -(long)expected) throw new CheckFailedException($"{call}: expected {expected}, actual {Outcome.Describe(outcome)}");
    }

    protected static void FailsWithOneOf(Errno[] expected, long outcome, [CallerArgumentExpression(nameof(outcome))] string call = "")
    {
        if (!expected.Contains((Errno)(-outcome)) || outcome >= 0)
            throw new CheckFailedException($"{call}: expected {string.Join(" or ", expected)}, actual {Outcome.Describe(outcome)}");
    }

    protected static void Same<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new CheckFailedException($"{what}: expected {Show(expected)}, actual {Show(actual)}");
    }

    protected static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition) throw new CheckFailedException($"expected {what}");
    }

    /// <summary>Succeeds, or the file system says that it cannot do such a thing at all, which ends the test as skipped.</summary>
    protected static long OkIfSupported(long outcome, [CallerArgumentExpression(nameof(outcome))] string call = "") =>
        outcome == -(long)EOPNOTSUPP ? throw new SkippedException($"{call}: EOPNOTSUPP, which is allowed") : Ok(outcome, call);

    /// <summary>Opens; closed at the end of the test unless <see cref="Shut"/> came first.</summary>
    protected int Opened(string name, int flags = O_RDWR, uint mode = 0, [CallerArgumentExpression(nameof(name))] string what = "") =>
        Kept(Ok(Open(name, flags, mode), $"open({what}, 0x{flags:x})"));

    protected int Kept(long fd)
    {
        open.Add((int)Ok(fd));
        return (int)fd;
    }

    protected void Shut(int fd)
    {
        open.Remove(fd);
        Ok(Close(fd));
    }

    /// <summary>Makes a file with a text and closes it.</summary>
    protected static void Put(string name, string text = "", uint mode = 0x1A4)
    {
        var fd = (int)Ok(Open(name, O_WRONLY | O_CREAT | O_TRUNC, mode), $"creating {name}");
        if (text.Length > 0) Same(text.Length, Ok(Write(fd, Bytes(text))));
        Ok(Close(fd));
    }

    protected static string Text(string name)
    {
        var fd = (int)Ok(Open(name, O_RDONLY), $"opening {name}");
        try
        {
            return TextOf(fd);
        }
        finally
        {
            _ = Close(fd);
        }
    }

    /// <summary>All of an open file, whatever its position.</summary>
    protected static string TextOf(int fd)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 << 10];
        for (long offset = 0; ;)
        {
            var count = (int)Ok(PRead(fd, buffer, offset));
            if (count == 0) return text.ToString();
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            offset += count;
        }
    }

    protected static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    protected static Status Stat(string name)
    {
        Ok(StatX(AT_FDCWD, name, 0, out var status), $"stat({Show(name)})");
        return status;
    }

    protected static Status LStat(string name)
    {
        Ok(StatX(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, out var status), $"lstat({Show(name)})");
        return status;
    }

    protected static Status FStat(int fd)
    {
        Ok(StatX(fd, "", AT_EMPTY_PATH, out var status), "fstat");
        return status;
    }

    protected static void Gone(string name) => Fails(ENOENT, StatX(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, out _), $"lstat({Show(name)})");

    protected static string Target(string name)
    {
        var buffer = new byte[8192];
        return Encoding.Latin1.GetString(buffer, 0, (int)Ok(ReadLink(name, buffer), $"readlink({Show(name)})"));
    }

    protected static List<string> Names(string folder) => [.. Listing.Of(folder).Select(line => line.Name).Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal)];

    /// <summary>Waits until the clock that file times come from has ticked, so that a change after this shows.</summary>
    protected static void Tick()
    {
        for (var ticks = 0; ticks < 2; ticks++)
        {
            var begin = CoarseTime();
            while (CoarseTime() == begin) Thread.Yield();
        }
    }

    /// <summary>Runs as <see cref="User"/> without further groups.</summary>
    protected static void AsUser(Action action) => As(User, Group, [], action);

    private static string Show<T>(T value) => value switch
    {
        string { Length: > 60 } text => $"\"{text[..60]}…\" ({text.Length} bytes)",
        string text => $"\"{text}\"",
        uint number => $"{number} (octal {Convert.ToString(number, 8)})",
        _ => $"{value}",
    };
}
