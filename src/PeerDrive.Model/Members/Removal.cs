using PeerDrive.Model.Changesets;

namespace PeerDrive.Model.Members;

/// <summary>A removal with the changeset that it stands in.</summary>
internal sealed record Removal(AuthoredOperations Changeset, Operation.RemoveMember Operation);
