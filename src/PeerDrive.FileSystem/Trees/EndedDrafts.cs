using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Saved drafts of files that have lost their last name.</summary>
/// <param name="Unwanted">Nobody has them open any more.</param>
/// <param name="Unnamed">All of them, also those still open: these end with the process.</param>
internal sealed record EndedDrafts(List<Draft> Unwanted, List<Draft> Unnamed);
