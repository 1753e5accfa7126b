using System.Collections.Immutable;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Features that a volume's list may name: rules that every replica has to know to show the same tree. A name may say which version
/// of the program came to know it: <c>name@version</c>.
/// </summary>
public static class VolumeFeatures
{
    /// <summary>The rules of this version, which every volume has without naming them.</summary>
    public static IReadOnlySet<string> Known { get; } = ImmutableSortedSet.Create(StringComparer.Ordinal, "merge-1", "tree-1");
}
