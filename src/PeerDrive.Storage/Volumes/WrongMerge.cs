using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Volumes;

/// <summary>A merge that is not what its parents make: somebody's edit under nobody's name.</summary>
/// <param name="Device">Whose changeset brought it here first.</param>
public sealed record WrongMerge(RevisionId Revision, DocumentId Document, DeviceId Device);
