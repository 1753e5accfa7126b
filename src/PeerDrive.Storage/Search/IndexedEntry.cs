using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Search;

/// <summary>What the catalog and the log know of an entry that search has to know.</summary>
/// <param name="Created">When its document's first revision was made; like all times nanoseconds since 1970.</param>
/// <param name="Device">Who made what is shown; default: a merge, which nobody makes.</param>
/// <param name="State">Null: nothing but its name is known, or the log is damaged there.</param>
internal sealed record IndexedEntry(
    EntryId Id, EntryId Parent, EntryName Name, bool IsLive, bool IsFolder, bool IsConflict, RevisionId Revision, long Created, long Modified, DeviceId Device, RevisionState? State);
