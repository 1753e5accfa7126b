using PeerDrive.FileSystem.Trees;

namespace PeerDrive.FileSystem.Committing;

/// <summary>A changed name as a commit found it.</summary>
internal sealed class NameStep
{
    private readonly PlacedName name;

    /// <summary>Counts links before the commit: while it runs, the volume may have the name or not. Under the gate.</summary>
    public NameStep(PlacedName name)
    {
        this.name = name;
        (Node, Wanted) = (name.Node, name.Current);
        name.Node.Count();
        name.Current?.Folder.Count();
        name.Committed?.Folder.Count();
    }

    public PlacedName Name => name;

    public TreeNode Node { get; }

    public Place? Wanted { get; }

    /// <summary>Being put in place, further up the stack.</summary>
    public bool IsBegun { get; set; }

    public bool IsDone { get; set; }

    /// <summary>The volume did something else with it: it is shown as the volume has it.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Something that it needs waits: so does it.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>The entry was made by this commit.</summary>
    public Model.Identifiers.EntryId? Made { get; set; }
}
