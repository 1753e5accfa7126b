using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>An operation reduced to what the tree rules look at.</summary>
public abstract record TreeOperation
{
    private TreeOperation()
    {
    }

    /// <summary>Links or moves an entry.</summary>
    public sealed record Put(EntryId Entry, EntryId Parent, EntryName Name, DocumentId Document, bool IsFolder) : TreeOperation;

    /// <param name="Parent">The folder in which the deleter saw the entry.</param>
    public sealed record Delete(EntryId Entry, EntryId Parent) : TreeOperation;

    /// <param name="Through">The entry whose name the edit keeps alive; null: every entry of the document.</param>
    public sealed record Revise(DocumentId Document, EntryId? Through) : TreeOperation;
}
