using System.Diagnostics;
using System.Text;
using PeerDrive.Folders.Ignoring;

namespace PeerDrive.Folders.Tests.Ignoring;

public sealed class IgnoreRulesTests
{
    private static readonly string[] Patterns =
    [
        "*.tmp", "!keep.tmp", "/top", "build/", "a/b", "**/deep", "x/**/y", "logs/**", "**/mid/*.o", "foo*bar", "q?z", "[abc].txt", "[!abc].log", "[a-c]1", "\\#hash", "\\!bang",
        "trail ", "space\\ ", "  lead", "[[:digit:]]x", "[[:nope:]]x", "br[", "*", "!*/", "**", "a**b", "/*/two", "dir/*", "!dir/keep", "back\\\\slash", "\\*star", "[]]x", "[]-]y", "[a-]z",
        "***/three", "/**/lead", "end/**/", "no\\", "é?", "#comment", "", "!", "/", "\t", "a/**/", "**/", "x/***/y", "[^a]v", "[\\]]w", "cr\r", "?", "??", "*.*", ".*", "/.*", "*a*b*c*",
    ];

    private static readonly string[] Paths =
    [
        "a.tmp", "keep.tmp", "d/keep.tmp", "top", "d/top", "build", "build/f", "d/build/f", "a/b", "c/a/b", "deep", "u/v/deep", "x/y", "x/1/y", "x/1/2/y", "logs", "logs/1", "logs/1/2", "mid/z.o",
        "1/mid/z.o", "mid/1/z.o", "foobar", "foo1bar", "foo/bar", "qaz", "q/z", "a.txt", "d.txt", "a.log", "d.log", "b1", "d1", "#hash", "!bang", "trail", "trail ", "space ", "space", "  lead", "lead",
        "5x", "nx", "br[", "br", "axb", "a/x/b", "1/two", "1/2/two", "dir/f", "dir/keep", "dir/1/keep", "back\\slash", "*star", "xstar", "]x", "-y", "]y", "-z", "az", "three", "1/three", "lead/1",
        "1/lead", "end/1/2", "no\\", "no", "éa", "é", "#comment", "x/a/b/c/y", "bv", "av", "]w", "cr", "cr\r", "g", "gg", "g.g", ".g", "d/.g", "xaxbxcx", "xaxcxbx",
    ];

    [Fact]
    public void Patterns_ignore_what_git_ignores()
    {
        var folder = Directory.CreateTempSubdirectory("pd-ignore-").FullName;
        try
        {
            Git(folder, "init -q", "");
            foreach (var pattern in Patterns) Check(folder, pattern);
            Check(folder, "*.tmp\n!keep.tmp\nd/*\n!d/build\n");
            Check(folder, "/*\n!/x\n/x/*\n!/x/1\n");
            Check(folder, "*\n!*/\n!*.txt\n!dir/**\n");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_deeper_file_wins_over_one_above()
    {
        var rules = IgnoreRules.Parse("*.log\n!b.log\n"u8, []).With(IgnoreRules.Parse("!a.log\nb.log\n/only\n"u8, "sub"u8));
        Assert.True(rules.IsIgnored("a.log"u8, false));
        Assert.False(rules.IsIgnored("sub/a.log"u8, false));
        Assert.True(rules.IsIgnored("sub/b.log"u8, false));
        Assert.False(rules.IsIgnored("b.log"u8, false));
        Assert.True(rules.IsIgnored("sub/only"u8, false));
        Assert.False(rules.IsIgnored("sub/x/only"u8, false));
    }

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_both_lengths()
    {
        var rules = IgnoreRules.Parse(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*a", 400)) + "b\n" + string.Concat(Enumerable.Repeat("**/", 300)) + "b"), []);
        var watch = Stopwatch.StartNew();
        Assert.False(rules.IsIgnored(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a/", 2000)) + new string('a', 250)), false));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Lines_and_files_beyond_the_caps_count_for_nothing()
    {
        var rules = IgnoreRules.Parse(Encoding.ASCII.GetBytes(new string('a', 5000) + "\nb\n" + new string('\n', IgnoreRules.MaxFileBytes) + "c\n"), []);
        Assert.True(rules.IsIgnored("b"u8, false));
        Assert.False(rules.IsIgnored("c"u8, false));
        Assert.False(rules.IsIgnored(Encoding.ASCII.GetBytes(new string('a', 5000)), false));
    }

    private static void Check(string folder, string patterns)
    {
        File.WriteAllBytes(Path.Combine(folder, ".gitignore"), Encoding.UTF8.GetBytes(patterns + "\n"));
        var expected = Git(folder, "check-ignore -z --stdin --no-index", string.Join('\0', Paths) + "\0").Split('\0').ToHashSet();
        var rules = IgnoreRules.Parse(Encoding.UTF8.GetBytes(patterns + "\n"), []);
        foreach (var path in Paths) Assert.True(IsIgnored(rules, path) == expected.Contains(path), $"pattern '{patterns}', path '{path}': git says {expected.Contains(path)}");
    }

    /// <summary>As the walk does: what is in an ignored folder is ignored.</summary>
    private static bool IsIgnored(IgnoreRules rules, string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (rules.IsIgnored(Encoding.UTF8.GetBytes(path[..slash]), true)) return true;
        }
        return rules.IsIgnored(Encoding.UTF8.GetBytes(path), false);
    }

    private static string Git(string folder, string arguments, string input)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = new UTF8Encoding(false),
        })!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return output;
    }
}
