using System.Collections.Immutable;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Merging;

/// <summary>
/// Three-way merge of documents field by field, and the revision that it makes. Everything derives from the parents alone, so
/// that two devices which merge at once make the same revision.
/// </summary>
public static class RevisionMerge
{
    /// <summary>Number of these rules and of <see cref="Diff3"/>; kept in the revision. Raised by whatever changes a result.</summary>
    public const uint Version = 1;

    /// <summary>
    /// Merges states. Attributes and single-valued annotations never conflict: the last head that changed one wins. Sets, and
    /// the keys of xattrs and annotations, merge by additions and removals. Equal contents are one.
    /// </summary>
    /// <param name="origin">The merge base; null when the heads have no common ancestor.</param>
    /// <param name="heads">One or more, ascending by (Lamport, changeset hash): the last is the newest.</param>
    public static MergeOutcome Merge(RevisionState? origin, IReadOnlyList<RevisionState> heads)
    {
        var newest = heads[^1];
        if (heads.Any(head => head.Kind != newest.Kind)) return new MergeOutcome.Conflict("the heads are of different kinds");
        // A base of another kind has nothing to tell about fields.
        if (origin?.Kind != newest.Kind) origin = null;
        if (Changed(origin, heads, s => s.Target) is { Length: > 1 }) return new MergeOutcome.Conflict("the heads point to different targets");
        if (Changed(origin, heads, s => s.DeviceNumber) is { Length: > 1 }) return new MergeOutcome.Conflict("the heads are different devices");

        var contents = Changed(origin, heads, s => s.Content);
        var state = new RevisionState
        {
            Kind = newest.Kind,
            Content = contents is [var only] ? only : origin?.Content ?? newest.Content,
            Mode = Newest(origin, heads, s => s.Mode),
            Owner = Newest(origin, heads, s => s.Owner),
            Group = Newest(origin, heads, s => s.Group),
            Mtime = Newest(origin, heads, s => s.Mtime),
            Xattrs = MergeKeys(origin?.Xattrs, [.. heads.Select(h => h.Xattrs)], Last),
            MediaType = Newest(origin, heads, s => s.MediaType),
            Annotations = MergeKeys(origin?.Annotations, [.. heads.Select(h => h.Annotations)], MergeAnnotation).WithComparers(StringComparer.Ordinal),
            Target = Newest(origin, heads, s => s.Target),
            DeviceNumber = Newest(origin, heads, s => s.DeviceNumber),
        };
        if (contents.Length < 2) return new MergeOutcome.Merged(state);
        return origin is null
            ? new MergeOutcome.Conflict("the heads have different contents and no common origin")
            : new MergeOutcome.ContentNeeded(state, origin.Content, contents);
    }

    /// <summary>The revision of a merge: no author, no words, the newest time of its parents.</summary>
    /// <param name="parents">As <see cref="HeadSet.MergeParents"/> gives them; two or more revisions of one document.</param>
    public static Revision Create(IReadOnlyCollection<Revision> parents, RevisionState state)
    {
        if (parents.Count < 2 || parents.Select(parent => parent.Document).Distinct().Count() != 1)
            throw new PeerDriveException(ErrorKind.Internal, "A merge has two or more parents, all of one document.");
        return Revision.Create(new RevisionFields(
            parents.First().Document,
            [.. parents.Select(parent => parent.Id).Distinct().Order()],
            state,
            Author: null,
            Time: parents.Max(parent => parent.Fields.Time),
            Merge: Version));
    }

    /// <summary>The distinct values that differ from the base's, in the order of the heads.</summary>
    private static ImmutableArray<T> Changed<T>(RevisionState? origin, IReadOnlyList<RevisionState> heads, Func<RevisionState, T> field) =>
        [.. heads.Select(field).Where(value => origin is null || !Same(value, field(origin))).Distinct()];

    private static T Newest<T>(RevisionState? origin, IReadOnlyList<RevisionState> heads, Func<RevisionState, T> field) =>
        heads.Select(field).LastOrDefault(value => origin is null || !Same(value, field(origin)), field(origin ?? heads[^1]));

    private static bool Same<T>(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);

    /// <param name="decide">Of a key: its value in the base and the values of those heads that changed it; null is absence.</param>
    private static ImmutableSortedDictionary<TKey, TValue> MergeKeys<TKey, TValue>(
        ImmutableSortedDictionary<TKey, TValue>? origin,
        ImmutableArray<ImmutableSortedDictionary<TKey, TValue>> heads,
        Func<Box<TValue>?, ImmutableArray<Box<TValue>?>, Box<TValue>?> decide)
        where TKey : notnull
    {
        // Without a base, a key that a head lacks was added by the others rather than removed by that one.
        var result = (origin ?? heads[0].Clear()).ToBuilder();
        foreach (var key in heads.SelectMany(head => head.Keys).Concat(result.Keys.ToArray()).Distinct().ToArray())
        {
            var before = Find(origin, key);
            var changed = heads.Select(head => Find(head, key)).Where(value => !Same(value, before)).ToImmutableArray();
            if (changed.IsEmpty) continue;
            if (decide(before, changed) is { } value) result[key] = value.Value;
            else result.Remove(key);
        }
        return result.ToImmutable();
    }

    private static Box<TValue>? Find<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue>? values, TKey key)
        where TKey : notnull => values is not null && values.TryGetValue(key, out var value) ? new Box<TValue>(value) : null;

    private static Box<TValue>? Last<TValue>(Box<TValue>? before, ImmutableArray<Box<TValue>?> changed) => changed[^1];

    private static Box<AnnotationValue>? MergeAnnotation(Box<AnnotationValue>? before, ImmutableArray<Box<AnnotationValue>?> changed)
    {
        if (changed.Append(before).Any(value => value is not null && value.Value is not AnnotationValue.TextSet)) return changed[^1];
        var origin = Texts(before);
        var result = origin;
        foreach (var head in changed.Select(Texts)) result = result.Union(head.Except(origin)).Except(origin.Except(head));
        return result.IsEmpty && changed.Contains(null) ? null : new Box<AnnotationValue>(new AnnotationValue.TextSet(result));
    }

    private static ImmutableSortedSet<string> Texts(Box<AnnotationValue>? value) =>
        ((value?.Value as AnnotationValue.TextSet)?.Texts ?? []).WithComparer(StringComparer.Ordinal);

    /// <summary>A value that may be absent, whether it is a reference or not.</summary>
    private sealed record Box<T>(T Value);
}
