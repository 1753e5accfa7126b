using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Rules;

/// <summary>A document with which a rule did not do what it is for.</summary>
/// <param name="Entry">Where it was met: in the source, or in the target when only that has it.</param>
/// <param name="Path">For people, in the volume of <paramref name="Entry"/>.</param>
public sealed record RuleProblem(DocumentId Document, EntryId Entry, string Path, RuleProblemKind Kind, string Message);
