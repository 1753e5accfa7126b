using System.Collections.Immutable;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Committing;

/// <summary>A changed node as a commit found it.</summary>
internal sealed class NodeStep(TreeNode node)
{
    public TreeNode Node => node;

    public long Version { get; } = node.Version;

    public DocumentLine Line { get; } = node.Line;

    public DocumentId? Document { get; } = node.Document;

    public RevisionId? Basis { get; } = node.Basis;

    public Draft? Draft { get; } = node.IsContentChanged ? node.Draft : null;

    public uint Permissions { get; } = node.Permissions;

    public Owner Owner { get; } = node.Owner;

    public Owner Group { get; } = node.Group;

    public long Mtime { get; } = node.Draft?.Mtime ?? node.Mtime;

    public ImmutableSortedDictionary<ByteString, ByteString>? Xattrs { get; } = node.Xattrs;

    public ByteString Target { get; } = node.Target;

    public string Comment { get; } = node.Comment;

    /// <summary>What its bytes were stored as.</summary>
    public Content Content { get; set; } = node.Content;

    public DraftStamp Stamp { get; set; }

    /// <summary>Its bytes could not be stored now: it waits.</summary>
    public bool IsPutOff { get; set; }

    /// <summary>What the commit made of it.</summary>
    public DocumentId? Made { get; set; }

    public RevisionId? Revision { get; set; }

    public EntryId? Entry { get; set; }
}
