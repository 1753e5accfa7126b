using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Which document of the volume a node stands for, and from where on. A file that is saved anew takes the line over, also while a commit
/// is under way that makes the document.
/// </summary>
internal sealed class DocumentLine
{
    /// <summary>Null until it is committed.</summary>
    public DocumentId? Document { get; set; }

    /// <summary>The revision that the state is made from.</summary>
    public RevisionId? Basis { get; set; }

    /// <summary>An entry of the document, through which it is revised.</summary>
    public EntryId? Via { get; set; }

    /// <summary>Null: no node stands for it any more.</summary>
    public TreeNode? Holder { get; set; }
}
