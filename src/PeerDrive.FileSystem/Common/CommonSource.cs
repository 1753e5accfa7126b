using System.Collections.Immutable;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Common;

/// <summary>One volume in a common tree.</summary>
/// <param name="Place">Folders of the common tree in which its top folder lies; none: it is the top.</param>
/// <param name="Owner">Whose it is: told to who asks, and in names that have to be told apart.</param>
public sealed record CommonSource(Volume Volume, ImmutableArray<EntryName> Place, string Owner)
{
    /// <summary>Whether somebody who may send its contents is connected now.</summary>
    public Func<bool> IsReachable { get; init; } = () => false;
}
