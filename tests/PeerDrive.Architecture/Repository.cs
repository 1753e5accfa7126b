using System.Xml.Linq;

namespace PeerDrive.Architecture;

/// <summary>The sources around these tests.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Projects(string area) =>
        Directory.EnumerateFiles(Path.Combine(Root, area), "*.csproj", SearchOption.AllDirectories).Where(IsSource).Order(StringComparer.Ordinal);

    /// <summary>C# files that people wrote.</summary>
    public static IEnumerable<string> Sources(params string[] areas) => areas
        .Where(area => Directory.Exists(Path.Combine(Root, area)))
        .SelectMany(area => Directory.EnumerateFiles(Path.Combine(Root, area), "*.cs", SearchOption.AllDirectories))
        .Where(IsSource);

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    public static IEnumerable<string> ReferencesOf(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    private static bool IsSource(string path)
    {
        var parts = Relative(path).Split('/');
        return !parts.Contains("bin") && !parts.Contains("obj");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PeerDrive.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("These tests run inside the repository.");
        return folder;
    }
}
