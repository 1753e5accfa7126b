using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Search;

/// <summary>What a query asks that is not in the index: where a path leads, who has a name, what is pinned, what is not here.</summary>
internal interface ISearchPlaces
{
    /// <summary>The folder at a path; null: there is none.</summary>
    EntryId? Folder(string path);

    /// <summary>Devices whose own name, or whose person's, has some letters, whatever their case.</summary>
    IReadOnlyList<DeviceId> DevicesOf(string who);

    /// <summary>Entries that are pinned by name.</summary>
    IReadOnlyList<EntryId> Pins { get; }

    /// <summary>Tells of each content that is not wholly here.</summary>
    void ForEachMissing(Action<ChunkId, uint, ulong> tell);

    /// <summary>Which of some contents are not wholly here.</summary>
    IReadOnlyList<bool> AreMissing(IReadOnlyList<Content> contents);
}
