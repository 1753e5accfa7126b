using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Views;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>What differs in a folder between two times.</summary>
internal static class CompareRoute
{
    /// <summary>Later than any clock: all that is here.</summary>
    private static readonly DateTimeOffset Always = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Task AnswerAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = call.Query("path") is { Length: > 0 } named ? named : "/";
        var before = PastViews.Tree(volume, call.RequiredQuery("from"));
        var after = call.Query("to") is { Length: > 0 } to ? PastViews.Tree(volume, to) : volume.History.TreeAt(Always);
        var old = Below(volume, before, path);
        var now = Below(volume, after, path);
        var found = new List<ComparedEntry>();
        foreach (var (id, then) in old)
        {
            if (!now.ContainsKey(id)) found.Add(Compared("removed", then.Path, null, then.Entry, Size(then.Entry), 0));
        }
        foreach (var (id, at) in now)
        {
            if (!old.TryGetValue(id, out var then))
            {
                found.Add(Compared("added", at.Path, null, at.Entry, 0, Size(at.Entry)));
                continue;
            }
            // What only went along with its folder did not move itself.
            var moved = then.Entry.Parent != at.Entry.Parent || then.Entry.ShownName != at.Entry.ShownName;
            var changed = then.Entry.Shown?.Id != at.Entry.Shown?.Id;
            if (moved || changed) found.Add(Compared(moved && changed ? "renamed, changed" : moved ? "renamed" : "changed", at.Path, moved ? then.Path : null, at.Entry, Size(then.Entry), Size(at.Entry)));
        }
        return call.AnswerAsync(new CompareStatus(path, [.. found.OrderBy(entry => entry.Path, StringComparer.Ordinal).ThenBy(entry => entry.Action, StringComparer.Ordinal)]));
    }

    /// <summary>By entry; empty when the folder was not there.</summary>
    private static Dictionary<EntryId, (PastEntry Entry, string Path)> Below(Volume volume, PastTree tree, string named)
    {
        var path = VolumePaths.PlainPath(volume, tree, named);
        var folder = tree.Resolve(Model.Revisions.EntryName.FromDisplay(path), out var found);
        return found ? PastViews.Below(tree, folder?.Id ?? EntryId.Root, path, recursive: true).ToDictionary(entry => entry.Entry.Id) : [];
    }

    private static ComparedEntry Compared(string action, string path, string? from, PastEntry entry, long before, long after) =>
        new(action, path, from, entry.IsFolder ? "folder" : entry.Shown is { } shown ? EntryViews.KindText(shown.Kind) : "file", before, after);

    private static long Size(PastEntry entry) => (long)(entry.Shown?.Content.Size ?? 0);
}
