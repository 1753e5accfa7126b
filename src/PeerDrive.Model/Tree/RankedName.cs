using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>A live entry that has to stand behind another of the same name in its folder.</summary>
/// <param name="Rank">1 or more.</param>
/// <param name="Device">Name of the device that put it there.</param>
public readonly record struct RankedName(EntryId Entry, EntryName Name, int Rank, bool IsFolder, string Device);
