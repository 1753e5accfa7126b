namespace PeerDrive.Client.Contracts;

/// <summary>A document, whatever it is called.</summary>
/// <param name="Address">What opens it for ever: <c>pd:VOLUME/DOCUMENT</c>, with <c>@REVISION</c> when one version is meant.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="Kind">As in <see cref="EntryStatus"/>.</param>
/// <param name="Revision">The version that is meant, or else the shown head; empty: nothing is known yet but names.</param>
/// <param name="Places">All paths that it has; of a deleted one, where it was.</param>
public sealed record DocumentStatus(
    string Address, string Volume, string VolumeId, string Document, string Kind, string Revision, bool IsPinned, bool IsDeleted, int Heads, IReadOnlyList<string> Places)
{
    /// <summary>Of a link or symbolic link, what it refers to, as in <see cref="EntryStatus"/>; otherwise null.</summary>
    public string? Target { get; init; }

    /// <summary>Of a link, what it refers to as an address; otherwise null.</summary>
    public string? LinkAddress { get; init; }

    /// <summary>Where programs of the node's device find it now: in the mount, else in a linked directory; null: nowhere.</summary>
    public string? LocalPath { get; init; }

    /// <summary>How many places in all volumes of the node hold links to it.</summary>
    public int Backlinks { get; init; }
}
