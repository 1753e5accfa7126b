using System.Xml.Linq;

namespace PeerDrive.Architecture;

/// <summary>Who may know whom, as drawn in docs/architecture.md.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["PeerDrive.Cli"] = ["PeerDrive.Client", "PeerDrive.Extraction", "PeerDrive.Node"],
        ["PeerDrive.Client"] = [],
        ["PeerDrive.Extraction"] = [],
        ["PeerDrive.FileSystem"] = ["PeerDrive.Model", "PeerDrive.Native", "PeerDrive.Storage"],
        ["PeerDrive.Folders"] = ["PeerDrive.Model", "PeerDrive.Native", "PeerDrive.Storage"],
        ["PeerDrive.Fuse"] = ["PeerDrive.Native"],
        ["PeerDrive.Model"] = [],
        ["PeerDrive.Native"] = [],
        ["PeerDrive.Node"] =
        [
            "PeerDrive.Client", "PeerDrive.Extraction", "PeerDrive.FileSystem", "PeerDrive.Folders", "PeerDrive.Fuse", "PeerDrive.Model", "PeerDrive.Native", "PeerDrive.Storage", "PeerDrive.Sync",
            "PeerDrive.Transport",
        ],
        ["PeerDrive.Storage"] = ["PeerDrive.Model", "PeerDrive.Native"],
        ["PeerDrive.Sync"] = ["PeerDrive.Model", "PeerDrive.Storage", "PeerDrive.Transport"],
        ["PeerDrive.Transport"] = ["PeerDrive.Model", "PeerDrive.Native"],
    };

    /// <summary>Posix, because it calls the kernel itself: what it judges must not be what it judges by.</summary>
    private static readonly string[] MayBeUnsafe = ["PeerDrive.Fuse", "PeerDrive.Native", "PeerDrive.Posix"];

    [Fact]
    public void Every_part_knows_just_the_parts_of_the_table()
    {
        foreach (var project in Repository.Projects("src"))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(MayKnow.ContainsKey(name), $"{name} is not in the table.");
            Assert.Equal((name, string.Join(' ', MayKnow[name].Order())), (name, string.Join(' ', Repository.ReferencesOf(project).Order())));
        }
    }

    [Fact]
    public void The_folders_of_src_are_the_parts_of_the_table()
    {
        var folders = Directory.EnumerateFileSystemEntries(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(MayKnow.Keys.Order(StringComparer.Ordinal), folders);
    }

    [Fact]
    public void References_do_not_reach_further_than_they_say()
    {
        var settings = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Equal("true", settings.Descendants("DisableTransitiveProjectReferences").Single().Value);
        Assert.DoesNotContain(
            Repository.Projects("src"), project => XDocument.Load(project).Descendants("DisableTransitiveProjectReferences").Any());
    }

    [Fact]
    public void Unsafe_code_is_only_where_the_kernel_is()
    {
        var isUnsafe = Everything()
            .Where(project => XDocument.Load(project).Descendants("AllowUnsafeBlocks").Any(setting => setting.Value == "true"))
            .Select(Path.GetFileNameWithoutExtension);
        Assert.Empty(isUnsafe.Except(MayBeUnsafe));
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        var listed = XDocument.Load(Path.Combine(Repository.Root, "PeerDrive.slnx")).Descendants("Project").Select(project => (string)project.Attribute("Path")!);
        var there = Everything().Select(Repository.Relative);
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_has_a_lock_file()
    {
        var without = Everything()
            .Where(project => !File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")))
            .Select(Repository.Relative);
        Assert.Empty(without);
    }

    private static IEnumerable<string> Everything() => Repository.Projects("src").Concat(Repository.Projects("tests")).Concat(Repository.Projects("examples"));
}
