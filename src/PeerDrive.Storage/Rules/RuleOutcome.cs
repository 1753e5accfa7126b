using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Rules;

/// <summary>What a pass did.</summary>
/// <param name="Changed">Changes that were made, on both sides together.</param>
/// <param name="Skipped">Documents that were left out as a person asked.</param>
/// <param name="Problems">Of what was looked at.</param>
/// <param name="Looked">Documents that were looked at, so that earlier problems of them are over or said again.</param>
public sealed record RuleOutcome(long Changed, long Skipped, IReadOnlyList<RuleProblem> Problems, IReadOnlySet<DocumentId> Looked);
