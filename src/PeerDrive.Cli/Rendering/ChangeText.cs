using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>A change in a line: what names it, when, who, what, where.</summary>
internal static class ChangeText
{
    public static string Line(ChangeStatus change, DateTimeOffset now)
    {
        var id = ShortId.Show(change.Revision?.Revision ?? change.Changeset);
        var who = change.Revision is { WrongMergeBy: { } device } ? $"wrong merge by {device}" : change.Revision is { IsMerge: true } ? "merge" : Who(change);
        var where = change.From is { } from ? $"  {from} -> {change.Path}" : change.Path.Length > 0 ? $"  {change.Path}{(change.IsFolder ? "/" : "")}" : "";
        var size = change.Revision is { Kind: "file" } file ? $"  {ByteSize.Show(file.Size)}" : "";
        var comment = change.Comment.Length == 0 ? "" : $"  {change.Comment}";
        var marks = change.Revision is { } revision ? RevisionText.Marks(revision) : "";
        return $"{id}  {RelativeTime.Show(change.Time, now)}  {who}  {change.Kind}{where}{size}{comment}{marks}";
    }

    private static string Who(ChangeStatus change) => change.Person.Length == 0 ? change.Device : $"{change.Person} on {change.Device}";
}
