using System.Collections.Immutable;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Fields;

/// <summary>What was read out of one content.</summary>
/// <param name="Version">Of the extractors: what an older one found is looked for again.</param>
/// <param name="Format">Such as <c>jpeg</c>, <c>pdf</c> or <c>mail</c>; empty when it is of no known kind.</param>
/// <param name="Fields">By name; at most <see cref="StorageLimits.ExtractedFields"/>.</param>
/// <param name="Text">The words in it, up to <see cref="StorageLimits.ExtractedTextBytes"/>; null when there are none.</param>
/// <param name="Problem">Why it failed, for people; null otherwise.</param>
public sealed record ExtractedFields(
    ExtractionOutcome Outcome, int Version, string Format, ImmutableSortedDictionary<string, AnnotationValue> Fields, string? Text, string? Problem = null);
