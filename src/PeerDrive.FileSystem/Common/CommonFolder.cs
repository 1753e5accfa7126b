using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Common;

/// <summary>
/// A folder of a common tree: what folders of one path in several volumes hold together. Folders of one name are one; files of one name are one when
/// their contents are, and otherwise all have a suffix (<see cref="CommonNames"/>), so that none ever stands in for another. Special files are left out.
/// Looks at the sources when it is asked, and costs by what they have in this folder. Thread-safe.
/// </summary>
public sealed class CommonFolder
{
    private readonly ImmutableArray<Part> parts;
    private volatile Suffixed? remembered;

    private CommonFolder(ImmutableArray<Part> parts) => this.parts = parts;

    /// <summary>Owners' volumes that have this folder.</summary>
    public IEnumerable<CommonSource> Sources => parts.Select(part => part.Source);

    /// <summary>When it was changed last, nanoseconds since 1970; 0: nobody says.</summary>
    public long Mtime => parts.Select(part => part.Mtime).DefaultIfEmpty().Max();

    /// <param name="sources">Their order does not matter.</param>
    public static CommonFolder Top(IEnumerable<CommonSource> sources) =>
        new([.. sources.OrderBy(source => source.Volume.Id).Select(source => new Part(source, source.Place.IsEmpty ? EntryId.Root : null, 0, 0))]);

    /// <summary>All names by their bytes.</summary>
    public IReadOnlyList<CommonEntry> List() => [.. Compose(Children()).OrderBy(entry => entry.Name)];

    /// <summary>What a name leads to; null: nothing.</summary>
    public CommonEntry? Find(EntryName name)
    {
        var named = parts.SelectMany(part => part.Named(name)).ToList();
        if (named.Count > 0) return Plain(name, named);
        return CommonNames.MayBeSuffixed(name) ? SuffixedNames().GetValueOrDefault(name) : null;
    }

    /// <summary>What a path of names separated by slashes leads to.</summary>
    /// <param name="found">Whether it leads anywhere; to this folder itself with null.</param>
    public CommonEntry? Resolve(ReadOnlySpan<byte> path, out bool found)
    {
        CommonEntry? at = null;
        found = true;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            var folder = at is null ? this : at.Folder;
            at = EntryName.IsValid(part) ? folder?.Find(EntryName.Create(part)) : null;
            if (at is not null) continue;
            found = false;
            return null;
        }
        return at;
    }

    private Dictionary<EntryName, List<Child>> Children()
    {
        var children = new Dictionary<EntryName, List<Child>>();
        foreach (var child in parts.SelectMany(part => part.All()))
        {
            if (!children.TryGetValue(child.Name, out var same)) children[child.Name] = same = [];
            same.Add(child);
        }
        return children;
    }

    private static IEnumerable<CommonEntry> Compose(Dictionary<EntryName, List<Child>> children)
    {
        foreach (var (name, same) in children)
        {
            if (Plain(name, same) is { } plain) yield return plain;
        }
        foreach (var entry in WithSuffix(children)) yield return entry;
    }

    /// <summary>What keeps a name as it is: the folder, or the only file.</summary>
    private static CommonEntry? Plain(EntryName name, List<Child> same)
    {
        var folders = same.Where(child => child.Folder is not null).Select(child => child.Folder!).ToList();
        if (folders.Count > 0) return new CommonEntry(name, new CommonFolder([.. folders]), []);
        return same.Count == 1 ? new CommonEntry(name, null, [same[0].File!]) : Different(same) is [var only] ? new CommonEntry(name, null, only) : null;
    }

    private static IEnumerable<CommonEntry> WithSuffix(Dictionary<EntryName, List<Child>> children)
    {
        var used = new HashSet<EntryName>();
        foreach (var (name, same) in children.Where(pair => pair.Value.Count > 1).OrderBy(pair => pair.Key))
        {
            var different = Different(same);
            if (different.Count == 0 || (different.Count == 1 && same.All(child => child.Folder is null))) continue;
            var owners = different.Select(copies => CommonNames.OwnerOf(copies[0].Source)).ToList();
            for (var i = 0; i < different.Count; i++)
            {
                var isOnly = owners.Count(owner => owner == owners[i]) == 1;
                var shown = CommonNames.Of(name, different[i][0].Source, isOnly).First(candidate => !children.ContainsKey(candidate) && used.Add(candidate));
                yield return new CommonEntry(shown, null, different[i]);
            }
        }
    }

    /// <summary>Files of one name, those that are equal together, in the order of the sources.</summary>
    private static List<ImmutableArray<CommonCopy>> Different(List<Child> same) =>
        [.. same.Where(child => child.File is not null).Select(child => child.File!).GroupBy(Identity).Select(equal => equal.ToImmutableArray())];

    private static (DocumentKind Kind, ulong Size, ChunkId Root, ByteString Target) Identity(CommonCopy copy) =>
        (copy.Revision.Kind, copy.Revision.Content.Size, copy.Revision.Content.Root,
            copy.Revision.Kind == DocumentKind.SymbolicLink ? copy.Source.Volume.Reader.ShownState(copy.Entry).Target : default);

    private IReadOnlyDictionary<EntryName, CommonEntry> SuffixedNames()
    {
        // Before looking: what is committed meanwhile makes it out of date.
        var versions = parts.Select(part => part.Source.Volume.Reader.Version).ToImmutableArray();
        if (remembered is { } known && known.Versions.SequenceEqual(versions)) return known.Names;
        var names = WithSuffix(Children()).ToDictionary(entry => entry.Name);
        remembered = new Suffixed(versions, names);
        return names;
    }

    private sealed record Suffixed(ImmutableArray<Storage.Catalog.CatalogVersion> Versions, IReadOnlyDictionary<EntryName, CommonEntry> Names);

    /// <summary>A name in one source.</summary>
    private readonly record struct Child(EntryName Name, Part? Folder, CommonCopy? File);

    /// <summary>The folder in one source.</summary>
    /// <param name="Folder">Null: it is above the source's top folder.</param>
    /// <param name="Depth">Folders of the source's place that are behind.</param>
    private sealed record Part(CommonSource Source, EntryId? Folder, int Depth, long Mtime)
    {
        public IEnumerable<Child> All() => Folder is { } folder ? Source.Volume.Reader.List(folder).Where(IsShown).Select(Of) : [new Child(Source.Place[Depth], Below(), null)];

        public IEnumerable<Child> Named(EntryName name)
        {
            if (Folder is { } folder) return Source.Volume.Reader.Find(folder, name) is { } entry && IsShown(entry) ? [Of(entry)] : [];
            return Source.Place[Depth] == name ? [new Child(name, Below(), null)] : [];
        }

        private static bool IsShown(EntryView entry) => entry.IsFolder || entry.Shown is { Kind: DocumentKind.File or DocumentKind.SymbolicLink };

        private Child Of(EntryView entry) => entry.IsFolder
            ? new Child(entry.ShownName, new Part(Source, entry.Id, Source.Place.Length, entry.Shown?.Mtime ?? 0), null)
            : new Child(entry.ShownName, null, new CommonCopy(Source, entry));

        private Part Below() => new(Source, Depth + 1 == Source.Place.Length ? EntryId.Root : null, Depth + 1, 0);
    }
}
