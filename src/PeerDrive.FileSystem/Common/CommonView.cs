using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Common;

/// <summary>The common tree of a group as it is put together now.</summary>
/// <param name="Sources">The group's own volume, and what its members offer.</param>
public sealed record CommonView(VolumeId Group, string Name, ImmutableArray<CommonSource> Sources)
{
    public CommonFolder Top => CommonFolder.Top(Sources);
}
