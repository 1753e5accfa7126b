using PeerDrive.FileSystem.Trees;

namespace PeerDrive.FileSystem.Committing;

/// <summary>A changed name as a commit found it.</summary>
internal sealed class NameStep(PlacedName name)
{
    public PlacedName Name => name;

    public TreeNode Node { get; } = name.Node;

    public Place? Wanted { get; } = name.Current;

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
