using System.Collections.Immutable;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Annotations;

/// <summary>Changes annotations: a new revision of each document, with the content and the attributes that it has.</summary>
internal sealed class AnnotationDesk(FieldStores stores)
{
    /// <summary>Paths in one request.</summary>
    private const int MaxPaths = 10_000;

    /// <summary>All in one commit. A document that has the values already gets no revision, and one that is reached by two paths gets one.</summary>
    /// <returns>The entries, in the order of the paths.</returns>
    /// <exception cref="PeerDriveException">Invalid, NotFound, Forbidden; nothing was changed.</exception>
    public async Task<IReadOnlyList<EntryView>> ApplyAsync(Volume volume, AnnotateRequest request)
    {
        if (request.Paths.Count is 0 or > MaxPaths) throw new PeerDriveException(ErrorKind.Invalid, $"Name 1 to {MaxPaths} files or folders to annotate.");
        var store = stores.Of(volume);
        var change = new FieldChange(request, store.TypeOf);
        var entries = request.Paths.Select(path => VolumePaths.Require(volume, path)).ToList();
        var noted = RevisionState.NoAnnotations;
        await volume.CommitAsync(edit =>
        {
            var done = new HashSet<DocumentId>();
            foreach (var entry in entries)
            {
                // Once more, inside the commit: what was revised meanwhile is the state to change.
                var view = volume.Reader.Require(entry.Id);
                if (!done.Add(view.Document)) continue;
                var state = volume.Reader.ShownState(view);
                var fields = DesktopAttributes.Fields(state);
                var changed = change.ApplyTo(fields);
                noted = noted.SetItems(changed);
                if (Same(fields, changed)) continue;
                edit.Revise(view.Id, DesktopAttributes.WithFields(state, changed));
            }
        }).ConfigureAwait(false);
        store.NoteTypes(noted);
        return [.. entries.Select(entry => volume.Reader.Require(entry.Id))];
    }

    /// <summary>Changes what can be changed, all of it in one commit; a document that cannot be is passed over and named.</summary>
    /// <param name="isDryRun">Only says what would be done.</param>
    /// <exception cref="PeerDriveException">Forbidden or Io; nothing was changed.</exception>
    public async Task<AppliedChange> ApplyAsync(Volume volume, FieldChange change, IReadOnlyList<EntryId> entries, bool isDryRun)
    {
        var noted = RevisionState.NoAnnotations;
        if (isDryRun) return volume.ReadTogether(() => Plan(null));
        var applied = new AppliedChange([], 0, []);
        await volume.CommitAsync(edit => applied = Plan(edit)).ConfigureAwait(false);
        stores.Of(volume).NoteTypes(noted);
        return applied;

        AppliedChange Plan(VolumeEdit? edit)
        {
            var changed = new List<EntryId>();
            var refused = new List<(EntryId, string)>();
            var unchanged = 0;
            foreach (var entry in entries)
            {
                if (volume.Reader.Get(entry) is not { IsLive: true, Shown: not null } view)
                {
                    unchanged++;
                    continue;
                }
                var state = volume.Reader.ShownState(view);
                var fields = DesktopAttributes.Fields(state);
                ImmutableSortedDictionary<string, AnnotationValue> after;
                try
                {
                    after = change.ApplyTo(fields);
                }
                catch (PeerDriveException e) when (e.Kind == ErrorKind.Invalid)
                {
                    refused.Add((entry, e.Message));
                    continue;
                }
                noted = noted.SetItems(after);
                if (Same(fields, after))
                {
                    unchanged++;
                    continue;
                }
                edit?.Revise(view.Id, DesktopAttributes.WithFields(state, after));
                changed.Add(entry);
            }
            return new AppliedChange(changed, unchanged, refused);
        }
    }

    private static bool Same(ImmutableSortedDictionary<string, AnnotationValue> a, ImmutableSortedDictionary<string, AnnotationValue> b) =>
        a.Count == b.Count && a.All(field => b.TryGetValue(field.Key, out var other) && other.Equals(field.Value));
}
