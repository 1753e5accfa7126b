using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Simulation.Histories;

/// <summary>One random change that a person or a program makes on a node, as its kind of change is done there.</summary>
internal sealed class Edits(int node, Volume volume, Random random, Ledger ledger)
{
    private static readonly string[] Names = ["a", "b", "c", "notes.txt", "d", "e"];
    private static readonly string[] Labels = ["red", "green", "blue", "done"];

    private readonly List<(RevisionId, DocumentId, byte[]?)> written = [];

    /// <summary>Makes the change and notes it once it is acknowledged.</summary>
    /// <returns>What was done, or why not.</returns>
    public async Task<string> MakeAsync()
    {
        var kind = "";
        try
        {
            var change = Choose(out kind);
            if (change is null) return $"{kind} nothing";
            await volume.CommitAsync(change);
            ledger.Acknowledge(node, volume, written);
            return $"{kind} done";
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.AlreadyExists or ErrorKind.Invalid or ErrorKind.NotFound or ErrorKind.NotAFolder
            or ErrorKind.NameTooLong or ErrorKind.NoSpace or ErrorKind.Io or ErrorKind.Cancelled or ErrorKind.NotHere)
        {
            return $"{kind} {e.Kind}";
        }
    }

    private Action<VolumeEdit>? Choose(out string kind)
    {
        var all = Walk();
        var files = all.Where(entry => !entry.IsFolder).ToList();
        var parent = Any(all.Where(entry => entry.IsFolder).Select(entry => entry.Id).Prepend(EntryId.Root).ToList());
        var name = EntryName.Create(Names[random.Next(Names.Length)]);
        switch (random.Next(22))
        {
            case <= 2:
                kind = "create";
                var bytes = NewBytes();
                var state = State(bytes);
                return edit => Note(edit.Create(parent, name, state), bytes);
            case 3 or 4:
                kind = "folder";
                return edit => Note(edit.Create(parent, name, new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }), null);
            case <= 9 when files.Count > 0:
                kind = "write";
                return Write(Any(files));
            case 10 or 11 when all.Count > 0:
                kind = "rename";
                var renamed = Any(all);
                return edit => edit.Move(renamed.Id, renamed.Parent, name);
            case 12 or 13 when all.Count > 0:
                kind = "move";
                var moved = Any(all);
                return edit => edit.Move(moved.Id, parent, moved.Name);
            case 14 or 15 when all.Count > 0:
                kind = "delete";
                var deleted = Any(all);
                return edit => edit.Delete(deleted.Id);
            case 16:
                kind = "undelete";
                var trash = volume.Reader.Trash(20);
                if (trash.Count == 0) return null;
                var restored = Any(trash);
                return edit => edit.Undelete(restored.Id);
            case 17 when files.Count > 0:
                kind = "link";
                var linked = Any(files);
                return edit => edit.Link(parent, name, linked.Id);
            case 18 or 19 when all.Count > 0:
                kind = "annotate";
                return Annotate(Any(all));
            case 20:
                kind = "resolve";
                var conflicts = volume.Reader.Conflicts();
                return conflicts.Count == 0 ? null : Resolve(Any(conflicts));
            case 21 when all.Count > 1:
                kind = "swap";
                EntryView one = Any(all), other = Any(all);
                return edit =>
                {
                    edit.Move(one.Id, one.Parent, EntryName.Create("swap"));
                    edit.Move(other.Id, one.Parent, one.Name);
                    edit.Move(one.Id, other.Parent, other.Name);
                };
            default:
                kind = "none";
                return null;
        }
    }

    private Action<VolumeEdit>? Write(EntryView entry)
    {
        if (entry.Shown is not { } shown || volume.Reader.Revision(shown.Id) is not { } revision) return null;
        var content = revision.State.Content;
        byte[] bytes;
        if (content.Size < 4000 && volume.Contents.Missing(content, 1).Count == 0) bytes = EditText(volume.Contents.ReadAll(content, 4000));
        else bytes = NewBytes();
        var state = revision.State with { Content = volume.Contents.Store(bytes, content.Chunking), Mtime = revision.State.Mtime + 1 };
        return edit => written.Add((edit.Revise(entry.Id, state, [shown.Id]), entry.Document, bytes));
    }

    private Action<VolumeEdit>? Annotate(EntryView entry)
    {
        if (entry.Shown is not { } shown || volume.Reader.Revision(shown.Id) is not { } revision) return null;
        var label = Labels[random.Next(Labels.Length)];
        var texts = revision.State.Annotations.GetValueOrDefault("tags") is AnnotationValue.TextSet set ? set.Texts : [];
        var fewer = texts.Remove(label);
        texts = fewer.Count < texts.Count ? fewer : texts.Add(label);
        var annotations = revision.State.Annotations.SetItem("rating", new AnnotationValue.Number(random.Next(5)));
        annotations = texts.IsEmpty ? annotations.Remove("tags") : annotations.SetItem("tags", new AnnotationValue.TextSet(texts));
        var state = revision.State with { Annotations = annotations, Mode = random.Next(3) == 0 ? revision.State.Mode ^ 0x40u : revision.State.Mode };
        return edit => written.Add((edit.Revise(entry.Id, state, [shown.Id]), entry.Document, null));
    }

    private Action<VolumeEdit>? Resolve(EntryView entry)
    {
        var heads = volume.Reader.Heads(entry.Document);
        if (volume.Reader.Revision(heads[^1].Id) is not { } chosen) return null;
        return edit => written.Add((edit.Revise(entry.Id, chosen.State, [.. heads.Select(head => head.Id)]), entry.Document, null));
    }

    private void Note(EntryView entry, byte[]? bytes) => written.Add((entry.Shown!.Value.Id, entry.Document, bytes));

    private RevisionState State(byte[] bytes) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(bytes) };

    private byte[] NewBytes()
    {
        var size = random.Next(12) switch { 0 => 0, <= 7 => -1, <= 9 => random.Next(3000), 10 => random.Next(40_000), _ => random.Next(200_000) };
        if (size < 0)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 12); i > 0; i--) text.Append("line ").Append(random.Next(30)).Append('\n');
            return Encoding.UTF8.GetBytes(text.ToString());
        }
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] EditText(byte[] bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').ToList();
        var at = random.Next(lines.Count);
        switch (random.Next(3))
        {
            case 0:
                lines.Insert(at, $"line {random.Next(1000)}");
                break;
            case 1:
                lines[at] = $"line {random.Next(1000)}";
                break;
            default:
                lines.RemoveAt(at);
                break;
        }
        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private List<EntryView> Walk()
    {
        var found = new List<EntryView>();
        var open = new Queue<EntryId>([EntryId.Root]);
        while (found.Count < 60 && open.TryDequeue(out var folder))
        {
            foreach (var entry in volume.Reader.List(folder))
            {
                found.Add(entry);
                if (entry.IsFolder) open.Enqueue(entry.Id);
            }
        }
        return found;
    }

    private T Any<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
