using System.Text.Json;
using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders;

/// <summary>The linked folders of a replica, kept in its state.</summary>
public sealed class LinkTable
{
    private readonly Database state;
    private readonly Volume volume;

    public LinkTable(Volume volume)
    {
        this.volume = volume;
        state = volume.State;
        lock (state.Gate)
        {
            state.Execute("CREATE TABLE IF NOT EXISTS links(number INTEGER PRIMARY KEY AUTOINCREMENT, link BLOB NOT NULL UNIQUE, folder BLOB NOT NULL, settings TEXT NOT NULL, marked INTEGER NOT NULL DEFAULT 0)");
        }
        RowTable.CreateTables(state);
        DraftTable.CreateTables(state);
        volume.Collection.Keep("drafts of linked folders", () => DraftTable.Contents(state));
    }

    public IReadOnlyList<LinkSettings> All
    {
        get
        {
            lock (state.Gate)
            {
                using var select = state.Prepare("SELECT link, folder, settings FROM links ORDER BY number");
                var links = new List<LinkSettings>();
                while (select.Step()) links.Add(Read(select.Id<LinkId>(0), select.Id<EntryId>(1), select.Text(2)));
                return links;
            }
        }
    }

    /// <summary>Adds a link, or replaces the settings of a known one.</summary>
    /// <exception cref="PeerDriveException">Invalid: another folder, or one directory inside the other.</exception>
    public void Add(LinkSettings settings)
    {
        if (!Path.IsPathFullyQualified(settings.Directory))
            throw new PeerDriveException(ErrorKind.Invalid, $"'{settings.Directory}' is not an absolute path; write it from the top, with a slash first.");
        foreach (var other in All.Where(other => other.Id != settings.Id && Overlap(other.Directory, settings.Directory)))
            throw new PeerDriveException(ErrorKind.Invalid, $"'{settings.Directory}' overlaps '{other.Directory}', which is linked already; link a directory once.");
        var json = JsonSerializer.Serialize(new Kept(
            settings.Directory, settings.Space, [.. settings.Ignore.IsDefault ? [] : settings.Ignore], settings.ApplyOwners, settings.ApplySpecial,
            settings.Settle, settings.OpenFileInterval, settings.RescanInterval), KeptSettings.Default.Kept);
        lock (state.Gate)
        {
            state.Prepare("INSERT INTO links(link, folder, settings) VALUES(?, ?, ?) ON CONFLICT(link) DO UPDATE SET settings = excluded.settings")
                .BindId(settings.Id).BindId(settings.Folder).Bind(json).Run();
        }
    }

    /// <summary>Forgets a link and all that is known of its files; the directory and the volume stay as they are.</summary>
    /// <exception cref="PeerDriveException">Conflict: chunks lie in the link's files only; see <see cref="LinkedFolder.TakeBackAsync"/>.</exception>
    public void Remove(LinkId link)
    {
        if (NumberOf(link) is not { } number) return;
        if (volume.Contents.Chunks.Lent.Of(link.Bits).Count > 0)
            throw new PeerDriveException(ErrorKind.Conflict, "The linked folder holds contents that are nowhere else on this device; they have to be taken back first.");
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            RowTable.RemoveAll(state, number);
            DraftTable.RemoveAll(state, number);
            state.Prepare("DELETE FROM links WHERE number = ?").Bind(number).Run();
            transaction.Commit();
        }
    }

    internal long? NumberOf(LinkId link)
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT number FROM links WHERE link = ?").BindId(link);
            return select.Step() ? select.Long(0) : null;
        }
    }

    /// <summary>Whether the link's directory has been marked: from then on a missing marker means a missing directory.</summary>
    internal bool IsMarked(LinkId link)
    {
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT marked FROM links WHERE link = ?").BindId(link);
            return select.Step() && select.Flag(0);
        }
    }

    internal void SetMarked(LinkId link)
    {
        lock (state.Gate) state.Prepare("UPDATE links SET marked = 1 WHERE link = ?").BindId(link).Run();
    }

    private static bool Overlap(string a, string b)
    {
        var (first, second) = (Path.TrimEndingDirectorySeparator(a) + "/", Path.TrimEndingDirectorySeparator(b) + "/");
        return first.StartsWith(second, StringComparison.Ordinal) || second.StartsWith(first, StringComparison.Ordinal);
    }

    private static LinkSettings Read(LinkId link, EntryId folder, string json)
    {
        var kept = JsonSerializer.Deserialize(json, KeptSettings.Default.Kept)
            ?? throw new PeerDriveException(ErrorKind.Corrupt, $"The settings of linked folder {link} are damaged; unlink it and link it again.");
        return new LinkSettings(link, folder, kept.Directory, kept.Space, [.. kept.Ignore])
        {
            ApplyOwners = kept.ApplyOwners,
            ApplySpecial = kept.ApplySpecial,
            Settle = kept.Settle,
            OpenFileInterval = kept.OpenFileInterval,
            RescanInterval = kept.RescanInterval,
        };
    }

    /// <summary>Settings as they are written to the replica's state.</summary>
    internal sealed record Kept(
        string Directory, SpaceMode Space, string[] Ignore, bool ApplyOwners, bool ApplySpecial, TimeSpan Settle, TimeSpan OpenFileInterval, TimeSpan RescanInterval);
}
