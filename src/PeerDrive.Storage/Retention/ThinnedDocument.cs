using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Retention;

/// <summary>What a rule lets go of one document.</summary>
/// <param name="Versions">Versions whose contents go.</param>
/// <param name="Bytes">On disk, that nothing else here has.</param>
public sealed record ThinnedDocument(DocumentId Document, int Versions, long Bytes);
