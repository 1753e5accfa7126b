using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Rules;

/// <summary>An entry that a pass looks at.</summary>
/// <param name="IsSource">Of the source's, else of the target's.</param>
/// <param name="Depth">Below the rule's folder; what is not there comes first.</param>
internal readonly record struct RuleWork(EntryId Entry, bool IsSource, bool IsFolder, int Depth);
