using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Watching;

/// <summary>Names of one folder that something happened to.</summary>
internal sealed class DirtyFolder
{
    /// <summary>More names are not remembered: the whole folder is compared.</summary>
    private const int MaxNames = 20_000;

    public HashSet<EntryName> Names { get; } = [];

    /// <summary>Those that a program has open and writes to; what they hold so far is taken.</summary>
    public HashSet<EntryName> Grown { get; } = [];

    public bool IsAll { get; private set; }

    public void Add(EntryName name)
    {
        if (IsAll) return;
        Names.Add(name);
        if (Names.Count > MaxNames) AddAll();
    }

    public void Add(DirtyFolder other)
    {
        if (other.IsAll) AddAll();
        foreach (var name in other.Names) Add(name);
        if (!IsAll) Grown.UnionWith(other.Grown);
    }

    public void AddAll()
    {
        IsAll = true;
        Names.Clear();
        Grown.Clear();
    }
}
