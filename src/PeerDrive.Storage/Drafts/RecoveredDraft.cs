namespace PeerDrive.Storage.Drafts;

/// <summary>A draft that was saved before the volume was closed or its process ended.</summary>
/// <param name="Claim">What <see cref="DraftStore.Save"/> was given with it last.</param>
/// <param name="IsDamaged">Bytes that were durable are not there: the staging file is missing or too short, or the row makes no sense.</param>
public sealed record RecoveredDraft(Draft Draft, ReadOnlyMemory<byte> Claim, bool IsDamaged);
