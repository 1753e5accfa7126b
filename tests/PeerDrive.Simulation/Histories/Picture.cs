using System.Security.Cryptography;
using System.Text;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Simulation.Histories;

/// <summary>A whole replica as text, to be compared with others.</summary>
internal static class Picture
{
    /// <summary>The tree, the trash and every document's history, a line each.</summary>
    /// <exception cref="HistoryFailureException">The tree has a cycle or an orphan.</exception>
    public static string Of(Volume volume)
    {
        var lines = new List<string>();
        var documents = new SortedSet<DocumentId>();
        var seen = new HashSet<EntryId>();
        var open = new Stack<(EntryId Folder, string Path)>([(EntryId.Root, "")]);
        while (open.TryPop(out var next))
        {
            var names = new HashSet<string>();
            foreach (var entry in volume.Reader.List(next.Folder))
            {
                var path = $"{next.Path}/{entry.ShownName}";
                if (!seen.Add(entry.Id)) throw new HistoryFailureException($"{path} is there twice");
                if (!names.Add(entry.ShownName.ToString())) throw new HistoryFailureException($"{path} is a name twice");
                if (entry.Parent != next.Folder || !entry.IsLive) throw new HistoryFailureException($"{path} is listed where it is not");
                if (volume.Reader.Find(next.Folder, entry.ShownName)?.Id != entry.Id) throw new HistoryFailureException($"{path} is not found under its name");
                lines.Add($"{path} {entry.Id} {entry.Document} {entry.Heads} {entry.Shown?.Id}");
                documents.Add(entry.Document);
                if (entry.IsFolder) open.Push((entry.Id, path));
            }
        }
        foreach (var entry in volume.Reader.List(EntryId.LostAndFound)) throw new HistoryFailureException($"{entry.Id} has no folder");
        foreach (var entry in volume.Reader.Trash(10_000))
        {
            if (seen.Contains(entry.Id)) throw new HistoryFailureException($"{entry.Id} is in the tree and in the trash");
            lines.Add($"trash {entry.Parent} {entry.Name} {entry.Id} {entry.Document}");
            documents.Add(entry.Document);
        }
        lines.Sort(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            var heads = string.Join(' ', volume.Reader.Heads(document).Select(head => head.Id));
            var history = string.Join(' ', volume.Reader.History(document).Select(view => view.Id).Order());
            lines.Add($"document {document}: {heads}: {history}");
        }
        return string.Join('\n', lines);
    }

    /// <summary>Where the tree differs from the rules evaluated from scratch; null when it does not.</summary>
    public static string? DifferenceFromRules(Volume volume)
    {
        var vectors = new Dictionary<ChangesetHash, VersionVector>();
        var changesets = new List<TreeChangeset>();
        foreach (var changeset in volume.ReadMissing(VersionVector.Empty, int.MaxValue))
        {
            var own = changeset.Header.Sequence == 1 ? VersionVector.Empty : vectors[changeset.Header.Previous];
            var whole = own.Apply(changeset.Header.Dependencies);
            vectors[changeset.Hash] = whole.Extend(changeset.Tip, changeset.Header.Previous);
            changesets.Add(TreeChangeset.Of(changeset, whole));
        }
        foreach (var (id, entry) in TreeEvaluation.Evaluate(changesets, null).Entries)
        {
            if (volume.Reader.Get(id) is not { } actual) return $"entry {id} is missing";
            if ((entry.Parent, entry.Name, entry.Document, entry.IsLive) != (actual.Parent, actual.Name, actual.Document, actual.IsLive)) return $"entry {id}: {entry} is {actual}";
        }
        return null;
    }

    public static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
