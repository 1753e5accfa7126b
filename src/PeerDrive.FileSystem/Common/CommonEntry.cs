using System.Collections.Immutable;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Common;

/// <summary>A name in a folder of a common tree.</summary>
/// <param name="Folder">Null: it is a file or a symbolic link.</param>
/// <param name="Copies">Of a file all that are equal to it, at least one; of a folder none.</param>
public sealed record CommonEntry(EntryName Name, CommonFolder? Folder, ImmutableArray<CommonCopy> Copies)
{
    /// <summary>The copy to read: one that is here, if any, else one that somebody may send.</summary>
    public CommonCopy Best => Copies.Length == 1 ? Copies[0]
        : Copies.FirstOrDefault(copy => copy.IsHere) ?? Copies.FirstOrDefault(copy => copy.Source.IsReachable()) ?? Copies[0];
}
