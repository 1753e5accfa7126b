using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Committing;

/// <summary>A changed name as a commit found it.</summary>
internal sealed class NameStep
{
    /// <summary>The name is under way until the step ends. Under the gate.</summary>
    public NameStep(PlacedName name)
    {
        Name = name;
        name.IsUnderWay = true;
        (Node, Document, Via) = (name.Node, name.Node.Document, name.Node.Via);
        (Left, Wanted, Folder) = (name.Committed, name.Current, name.Current?.Folder.Entry);
        if (Wanted is { } place) place.Folder.References++;
    }

    public PlacedName Name { get; }

    public TreeNode Node { get; }

    /// <summary>Of the node; null: the volume has none yet.</summary>
    public DocumentId? Document { get; }

    public EntryId? Via { get; }

    /// <summary>Where the volume had it; null: it did not.</summary>
    public Place? Left { get; }

    public Place? Wanted { get; }

    /// <summary>Of the folder that it goes to; null: the volume has not got that.</summary>
    public EntryId? Folder { get; }

    /// <summary>Being put in place, further up the stack.</summary>
    public bool IsBegun { get; set; }

    public bool IsDone { get; set; }

    /// <summary>The volume did something else with it: it is shown as the volume has it.</summary>
    public bool IsRefused { get; set; }

    /// <summary>It stays where the volume had it.</summary>
    public bool IsUnmoved { get; set; }

    /// <summary>Something that it needs waits: so does it.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>The entry was made by this commit.</summary>
    public EntryId? Made { get; set; }

    /// <summary>The commit is finished or taken back, or goes on without the step. Once. Under the gate.</summary>
    public void End()
    {
        Name.IsUnderWay = false;
        if (Wanted is { } place) place.Folder.References--;
    }
}
