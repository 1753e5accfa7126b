using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;

namespace PeerDrive.FileSystem.Common;

/// <summary>How files of a common tree are told apart that have one name and are not equal: <c>plan (Ada).txt</c>. Derived, and the same on every device.</summary>
internal static class CommonNames
{
    private const int PrefixDigits = 8;

    public static string OwnerOf(CommonSource source) => ShownNames.Label(source.Owner);

    /// <summary>Names for a source's file, the best first, without end.</summary>
    /// <param name="isOnly">Nothing else of this name has an owner who is called the same.</param>
    public static IEnumerable<EntryName> Of(EntryName name, CommonSource source, bool isOnly)
    {
        var owner = OwnerOf(source);
        var id = source.Volume.Id.ToHex();
        if (isOnly) yield return ShownNames.WithSuffix(name, isFolder: false, $" ({owner})");
        yield return ShownNames.WithSuffix(name, isFolder: false, $" ({owner} {id[..PrefixDigits]})");
        // Somebody may give a file just the name that would be shown: there is always one more.
        yield return ShownNames.WithSuffix(name, isFolder: false, $" ({owner} {id})");
        for (var n = 2; ; n++) yield return ShownNames.WithSuffix(name, isFolder: false, $" ({owner} {id} {n})");
    }

    /// <summary>Only such names are looked for among those with a suffix.</summary>
    public static bool MayBeSuffixed(EntryName name) => name.Bytes.IndexOf(" ("u8) >= 0;
}
