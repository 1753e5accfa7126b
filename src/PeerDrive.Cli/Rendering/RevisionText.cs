using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>A revision in a line, or in full.</summary>
internal static class RevisionText
{
    public static string Line(RevisionStatus revision, DateTimeOffset now)
    {
        var who = revision.WrongMergeBy is { } device ? $"wrong merge by {device}" : revision.IsMerge ? "merge" : revision.Author;
        var size = revision.Kind == "file" ? $"  {ByteSize.Show(revision.Size)}" : "";
        var comment = revision.Comment.Length == 0 ? "" : $"  {revision.Comment}";
        return $"{ShortId.Show(revision.Revision)}  {RelativeTime.Show(revision.Time, now)}  {who}{size}{comment}{Marks(revision)}";
    }

    public static void WriteTo(TextWriter output, RevisionStatus revision)
    {
        output.WriteLine($"Revision  {revision.Revision}{Marks(revision)}");
        output.WriteLine($"Document  {revision.Document}");
        output.WriteLine($"Parents   {(revision.Parents.Count == 0 ? "none" : string.Join(", ", revision.Parents))}");
        output.WriteLine($"Kind      {revision.Kind}, mode {revision.Mode}, {revision.Size} bytes");
        output.WriteLine($"Modified  {revision.Modified.ToLocalTime():yyyy-MM-dd HH:mm:ss.fffffff zzz}");
        output.WriteLine($"Made      {revision.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss zzz}{(revision.WrongMergeBy is { } device ? $" as a merge, which it is not, on {device}" : revision.IsMerge ? " by merging" : $" on {revision.Author} by {revision.Creator}")}");
        if (revision.Comment.Length > 0) output.WriteLine($"Comment   {revision.Comment}");
    }

    public static string Marks(RevisionStatus revision)
    {
        var here = revision.IsHere ? "" : revision.IsThinned ? "  (thinned: content not here)" : "  (content not here)";
        if (revision.IsShown) return $"  (shown){here}";
        return revision.IsHead ? $"  (head){here}" : here;
    }
}
