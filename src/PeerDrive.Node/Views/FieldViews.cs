using System.Collections.Immutable;
using System.Text.Json;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Fields;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Fields of documents as the API shows them.</summary>
internal sealed class FieldViews(Volume volume, ContentFields store)
{
    private const string OfAnnotation = "annotation", OfContent = "content";

    /// <summary>Columns that can be asked for.</summary>
    private const int MaxNames = 32;

    public static IReadOnlyList<string> Names(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Take(MaxNames)];

    /// <param name="path">The entry's path for people.</param>
    public FieldsStatus Of(string path, EntryView entry, RevisionView revision)
    {
        var state = volume.Reader.Revision(revision.Id)!.State;
        var known = KnownOf(state);
        var fields = new List<FieldStatus>();
        foreach (var (name, value) in DesktopAttributes.Fields(state)) fields.Add(Status(name, value, OfAnnotation));
        foreach (var (name, value) in known?.Fields ?? RevisionState.NoAnnotations) fields.Add(Status(name, value, OfContent));
        return new FieldsStatus(
            path, EntryViews.KindText(state.Kind), entry.Document.ToHex(), revision.Id.ToHex(), fields, Extraction(state, known), known?.Problem);
    }

    /// <summary>The same entry with those of the fields that it has; an annotation hides what the content says.</summary>
    public EntryStatus With(EntryStatus status, IReadOnlyList<string> names)
    {
        var fields = new Dictionary<string, string>();
        if (status.Revision.Length > 0 && Id.TryParse<RevisionId>(status.Revision, out var id) && volume.Reader.Revision(id)?.State is { } state)
        {
            var own = DesktopAttributes.Fields(state);
            var known = KnownOf(state)?.Fields ?? RevisionState.NoAnnotations;
            foreach (var name in names)
            {
                if (own.GetValueOrDefault(name) is { } value || known.TryGetValue(name, out value)) fields[name] = FieldText.Show(value);
            }
        }
        return status with { Fields = fields };
    }

    private ExtractedFields? KnownOf(RevisionState state) => state.Kind == DocumentKind.File && !state.Content.IsEmpty ? store.Find(state.Content) : null;

    private string Extraction(RevisionState state, ExtractedFields? known) => known?.Outcome switch
    {
        ExtractionOutcome.Done => "done",
        ExtractionOutcome.Failed => "failed",
        ExtractionOutcome.Unknown => "none",
        _ when state.Kind != DocumentKind.File || state.Content.IsEmpty => "none",
        _ => volume.Contents.Missing(state.Content, 1).Count == 0 ? "waiting" : "not here",
    };

    private static FieldStatus Status(string name, AnnotationValue value, string source) =>
        new(name, FieldTypes.NameOf(FieldTypes.Of(value)), FieldText.Show(value), Json(value), source);

    private static JsonElement Json(AnnotationValue value)
    {
        using var document = JsonDocument.Parse(FieldJson.Show(value));
        return document.RootElement.Clone();
    }
}
