using System.Text.RegularExpressions;

namespace PeerDrive.Architecture;

/// <summary>That the documents can be found and lead somewhere.</summary>
public sealed partial class DocumentTests
{
    private static string Decisions => Path.Combine(Repository.Root, "docs", "decisions");

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_listed_in_the_index()
    {
        var files = Directory.EnumerateFiles(Decisions).Select(path => Path.GetFileName(path)!).Where(name => name != "README.md").Order(StringComparer.Ordinal).ToList();
        Assert.All(files, name => Assert.Matches(DecisionName(), name));
        Assert.Equal(Enumerable.Range(1, files.Count), files.Select(name => int.Parse(name[..4])));
        var index = File.ReadAllText(Path.Combine(Decisions, "README.md"));
        Assert.All(files, name => Assert.Contains($"({name})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_between_documents_lead_to_files_that_exist()
    {
        var documents = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"));
        var dead = from document in documents
                   from Match link in LocalLink().Matches(File.ReadAllText(document))
                   let target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value)
                   where !Path.Exists(target)
                   select $"{Repository.Relative(document)}: {link.Groups[1].Value}";
        Assert.Empty(dead);
    }

    [Fact]
    public void What_a_newcomer_starts_with_is_there_and_runs()
    {
        Assert.All(
            ["peerdrive", "test", ".ci/run"],
            name => Assert.True(File.GetUnixFileMode(Path.Combine(Repository.Root, name)).HasFlag(UnixFileMode.UserExecute), name));
        Assert.All(
            ["README.md", "CHANGELOG.md", "docs/architecture.md", "docs/glossary.md"],
            name => Assert.True(File.Exists(Path.Combine(Repository.Root, name)), name));
    }

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionName();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex LocalLink();
}
