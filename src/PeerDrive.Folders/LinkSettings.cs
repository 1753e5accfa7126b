using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Folders;

/// <summary>A linked folder as the user set it up.</summary>
/// <param name="Folder">The volume's folder that is mirrored: <see cref="EntryId.Root"/> or a folder's entry.</param>
/// <param name="Directory">Absolute path of the plain directory.</param>
/// <param name="Ignore">Patterns as in a <c>.pdignore</c> at the top, judged before that file.</param>
public sealed record LinkSettings(LinkId Id, EntryId Folder, string Directory, SpaceMode Space, ImmutableArray<string> Ignore)
{
    /// <summary>Give files the owner and group that the volume names, by name where this device knows it, else by number; takes effect for root only.</summary>
    public bool ApplyOwners { get; init; }

    /// <summary>Let set-user-id and set-group-id bits and device nodes come in from other devices; nodes for root only.</summary>
    public bool ApplySpecial { get; init; }

    /// <summary>After a file's first change was committed, further ones are joined for this long; zero commits each close.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a file that a program keeps open and writes to is committed.</summary>
    public TimeSpan OpenFileInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between full scans, which find what no event tells (memory-mapped writes).</summary>
    public TimeSpan RescanInterval { get; init; } = TimeSpan.FromHours(1);
}
