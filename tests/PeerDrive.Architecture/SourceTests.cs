using System.Text.RegularExpressions;

namespace PeerDrive.Architecture;

/// <summary>What every source file keeps to.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 800;

    [Fact]
    public void No_file_is_longer_than_one_can_hold_in_the_head()
    {
        var tooLong = Repository.Sources("src", "tests", "examples", "bench").Where(file => File.ReadLines(file).Count() > MostLines).Select(Repository.Relative);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Types_have_names_of_the_glossary()
    {
        Assert.Empty(Matches(VagueName(), "src"));
    }

    [Fact]
    public void Tests_wait_for_events_and_never_sleep()
    {
        // Written in two halves, so that this file is not a match itself. Waiting on a simulated clock is no sleep.
        var sleeping = new Regex(@"Thread\s*\.\s*" + @"Sleep|Task\s*\.\s*" + @"Delay\s*\((?!.*, time\))");
        Assert.Empty(Matches(sleeping, "tests"));
    }

    [Fact]
    public void Errors_are_not_swallowed()
    {
        Assert.Empty(Matches(SwallowedError(), "src"));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        Assert.Empty(Matches(Unfinished(), "src"));
    }

    [Theory]
    [InlineData("class FileManager", true)]
    [InlineData("sealed record Info(", true)]
    [InlineData("struct PathUtils", true)]
    [InlineData("class InfoHeader", false)]
    [InlineData("class Chunk", false)]
    public void Vague_names_are_known_when_seen(string line, bool isVague)
    {
        Assert.Equal(isVague, VagueName().IsMatch(line));
    }

    [Theory]
    [InlineData("catch { }", true)]
    [InlineData("catch (Exception e) { }", true)]
    [InlineData("catch (IOException) when (isClosing) { }", false)]
    public void Swallowed_errors_are_known_when_seen(string line, bool isSwallowed)
    {
        Assert.Equal(isSwallowed, SwallowedError().IsMatch(line));
    }

    private static IEnumerable<string> Matches(Regex wrong, string area) =>
        from file in Repository.Sources(area)
        from line in File.ReadLines(file).Index()
        where wrong.IsMatch(line.Item)
        select $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Trim()}";

    [GeneratedRegex(@"\b(class|struct|record|interface|enum) [A-Za-z]*(Manager|Helpers?|Utils?|Info|Service)\b")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"catch\s*(\(Exception[^)]*\))?\s*\{\s*\}")]
    private static partial Regex SwallowedError();

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();
}
