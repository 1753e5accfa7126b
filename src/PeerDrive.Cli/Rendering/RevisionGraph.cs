using System.Text;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>
/// Draws how revisions follow from each other: newest first, a mark per revision (<c>@</c> for the shown one, <c>*</c> for others)
/// and lines from each to its parents. Parents that are not among the revisions are not drawn.
/// </summary>
internal static class RevisionGraph
{
    /// <param name="revisions">In any order, each once.</param>
    /// <param name="label">The text beside a revision's mark.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<RevisionStatus> revisions, Func<RevisionStatus, string> label)
    {
        var known = revisions.Select(revision => revision.Revision).ToHashSet();
        var lines = new List<string>();

        // Each lane waits for the revision that it leads down to.
        var lanes = new List<string>();
        foreach (var revision in NewestFirst(revisions))
        {
            var at = lanes.IndexOf(revision.Revision);
            if (at < 0)
            {
                at = lanes.Count;
                lanes.Add(revision.Revision);
            }
            lines.Add(Row(lanes.Count, at, revision.IsShown ? '@' : '*') + label(revision));
            var parents = revision.Parents.Where(known.Contains).Distinct().ToList();
            var next = Below(lanes, at, parents);
            AddEdges(lines, lanes, at, parents, next);
            lanes = next;
        }
        return lines;
    }

    /// <summary>Children before their parents; among those that could come next, the newest (time, then id).</summary>
    public static IReadOnlyList<RevisionStatus> NewestFirst(IReadOnlyList<RevisionStatus> revisions)
    {
        var byId = revisions.ToDictionary(revision => revision.Revision);
        var children = revisions.ToDictionary(revision => revision.Revision, _ => 0);
        foreach (var parent in revisions.SelectMany(revision => revision.Parents.Distinct()).Where(byId.ContainsKey)) children[parent]++;
        var order = Comparer<RevisionStatus>.Create((left, right) =>
            right.Time.CompareTo(left.Time) is var newer and not 0 ? newer : string.CompareOrdinal(right.Revision, left.Revision));
        var ready = new SortedSet<RevisionStatus>(revisions.Where(revision => children[revision.Revision] == 0), order);
        var sorted = new List<RevisionStatus>(revisions.Count);
        while (ready.Min is { } next)
        {
            ready.Remove(next);
            sorted.Add(next);
            foreach (var parent in next.Parents.Distinct().Where(byId.ContainsKey))
            {
                if (--children[parent] == 0) ready.Add(byId[parent]);
            }
        }
        return sorted;
    }

    private static List<string> Below(List<string> lanes, int at, List<string> parents)
    {
        var next = new List<string>(lanes);
        next.RemoveAt(at);
        var place = at;
        foreach (var parent in parents.Where(parent => !next.Contains(parent)).ToList()) next.Insert(place++, parent);
        return next;
    }

    private static string Row(int width, int at, char mark)
    {
        var row = new StringBuilder();
        for (var i = 0; i < width; i++) row.Append(i == at ? mark : '|').Append(' ');
        return row.ToString();
    }

    /// <summary>Leads every lane to its place below, one step sideways per line.</summary>
    private static void AddEdges(List<string> lines, List<string> lanes, int at, List<string> parents, List<string> next)
    {
        var strands = new List<(int From, int To)>();
        for (var i = 0; i < lanes.Count; i++)
        {
            if (i != at) strands.Add((i, next.IndexOf(lanes[i])));
        }
        strands.AddRange(parents.Select(parent => (at, next.IndexOf(parent))));
        while (strands.Any(strand => strand.From != strand.To))
        {
            var width = strands.Max(strand => Math.Max(strand.From, strand.To)) + 1;
            var line = new char[width * 2];
            Array.Fill(line, ' ');
            for (var i = 0; i < strands.Count; i++)
            {
                var (from, to) = strands[i];
                if (from == to) line[from * 2] = '|';
                else if (from < to) line[(from * 2) + 1] = '\\';
                else line[(from * 2) - 1] = '/';
                strands[i] = (from + Math.Sign(to - from), to);
            }
            lines.Add(new string(line).TrimEnd(' '));
        }
    }
}
