using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Committing;

/// <summary>A changed name as a commit found it.</summary>
internal sealed class NameStep(PlacedName name)
{
    public PlacedName Name => name;

    public TreeNode Node { get; } = name.Node;

    /// <summary>Of the node; null: the volume has none yet.</summary>
    public DocumentId? Document { get; } = name.Node.Document;

    public EntryId? Via { get; } = name.Node.Via;

    /// <summary>Where the volume had it; null: it did not.</summary>
    public Place? Left { get; } = name.Committed;

    public Place? Wanted { get; } = name.Current;

    /// <summary>Of the folder that it goes to; null: the volume has not got that.</summary>
    public EntryId? Folder { get; } = name.Current?.Folder.Entry;

    /// <summary>Being put in place, further up the stack.</summary>
    public bool IsBegun { get; set; }

    public bool IsDone { get; set; }

    /// <summary>The volume did something else with it: it is shown as the volume has it.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Something that it needs waits: so does it.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>The entry was made by this commit.</summary>
    public EntryId? Made { get; set; }
}
