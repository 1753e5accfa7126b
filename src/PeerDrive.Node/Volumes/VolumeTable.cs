using Microsoft.Extensions.Logging;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Annotations;
using PeerDrive.Node.Home;
using PeerDrive.Node.Offers;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Volumes;

/// <summary>
/// The volumes of which this node has a replica, all open, each with its merger and search: those that a person made or joined, and offers. Thread-safe.
/// </summary>
internal sealed class VolumeTable(string folder, Func<VolumeContext> newContext, FieldStores fields, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>A message names at most this many volumes.</summary>
    private const int Named = 20;

    /// <summary>In the folder of a replica that is to be deleted at the next start, when nobody can be reading it.</summary>
    private const string RetiredFile = "retired";

    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly Lock gate = new();
    private readonly SortedDictionary<VolumeId, OpenVolume> open = [];
    private readonly Dictionary<VolumeId, OfferMark> offers = [];
    private readonly List<OpenVolume> retired = [];
    private readonly List<string> problems = [];

    /// <summary>A volume was opened. Called in no lock, and never for those that <see cref="OpenAllAsync"/> opens.</summary>
    public Func<Task>? Opened { get; set; }

    /// <summary>Open volumes by id, offers too.</summary>
    public IReadOnlyList<Volume> All
    {
        get
        {
            lock (gate) return [.. open.Values.Select(entry => entry.Volume)];
        }
    }

    /// <summary>Open volumes by id but for offers, which came here by themselves and are seen in the common tree of their group.</summary>
    public IReadOnlyList<Volume> Shown
    {
        get
        {
            lock (gate) return [.. open.Where(entry => !offers.ContainsKey(entry.Key)).Select(entry => entry.Value.Volume)];
        }
    }

    /// <summary>Open offers by id, own ones and those of others.</summary>
    public IReadOnlyList<(Volume Volume, OfferMark Mark)> Offers
    {
        get
        {
            lock (gate) return [.. open.Where(entry => offers.ContainsKey(entry.Key)).Select(entry => (entry.Value.Volume, offers[entry.Key]))];
        }
    }

    /// <summary>Search in an open volume; null: there is none, as in what others offer.</summary>
    public VolumeSearch? SearchOf(Volume volume)
    {
        lock (gate) return open.GetValueOrDefault(volume.Id)?.Search;
    }

    /// <summary>Volumes that could not be opened, and why.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (gate) return [.. problems];
        }
    }

    /// <summary>Opens all volumes in the data directory. One that cannot be opened does not keep the others from being used.</summary>
    public async Task OpenAllAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Id.TryParse<VolumeId>(Path.GetFileName(path), out var id)) continue;
            if (File.Exists(Path.Combine(path, RetiredFile)))
            {
                Remove(path);
                continue;
            }
            try
            {
                await OpenLockedAsync(id).ConfigureAwait(false);
            }
            catch (Exception e) when (Failures.Translate(e) is { } failure)
            {
                log.VolumeFailed(id.ToHex(), failure.Message);
                lock (gate) problems.Add($"Volume {id.ToHex()} cannot be opened: {failure.Message}");
            }
        }
    }

    /// <exception cref="PeerDriveException">Invalid: no name for a volume. AlreadyExists.</exception>
    public async Task<Volume> CreateAsync(string name, IReadOnlyList<PersonCertificate> furtherOwners)
    {
        RequireName(name);
        var volume = await CreateLockedAsync(name, furtherOwners).ConfigureAwait(false);
        if (Opened is { } opened) await opened().ConfigureAwait(false);
        return volume;
    }

    /// <summary>Makes the volume of an offer of this device's. Its name need not be unique.</summary>
    public async Task<Volume> CreateOfferAsync(string name, VolumeId group)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var volume = await Volume.CreateAsync(newContext(), folder, name, []).ConfigureAwait(false);
            new OfferMark(group, volume.Device).WriteTo(volume);
            return Take(volume);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Opens an empty replica of what a device offers; contents come when they are read.</summary>
    public async Task<Volume> OpenOfferAsync(VolumeId id, OfferMark mark)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (All.Any(volume => volume.Id == id)) throw new PeerDriveException(ErrorKind.AlreadyExists, $"Volume {id.ToHex()} is here already.");
            if (TakeBack(id, mark) is { } former) return former;
            var volume = await Volume.OpenAsync(id, newContext(), folder).ConfigureAwait(false);
            volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
            mark.WriteTo(volume);
            return Take(volume);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>
    /// An offer is over: it is not among the volumes any more. Whoever still reads from it may go on; its replica is deleted at the next start.
    /// </summary>
    public void Retire(Volume volume)
    {
        Failures.Translated(() =>
        {
            File.WriteAllBytes(Path.Combine(volume.Folder, RetiredFile), []);
            return true;
        });
        lock (gate)
        {
            if (open.Remove(volume.Id, out var entry)) retired.Add(entry);
            offers.Remove(volume.Id);
        }
    }

    /// <summary>What was retired since the start is offered again.</summary>
    private Volume? TakeBack(VolumeId id, OfferMark mark)
    {
        OpenVolume? former;
        lock (gate) former = retired.Find(entry => entry.Volume.Id == id);
        if (former is null) return null;
        mark.WriteTo(former.Volume);
        Failures.Translated(() =>
        {
            File.Delete(Path.Combine(former.Volume.Folder, RetiredFile));
            return true;
        });
        lock (gate)
        {
            retired.Remove(former);
            open[id] = former;
            offers[id] = mark;
        }
        return former.Volume;
    }

    private void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (Failures.Translate(e) is { } failure)
        {
            // At the next start again.
            log.VolumeFailed(Path.GetFileName(path), failure.Message);
        }
    }

    private async Task<Volume> CreateLockedAsync(string name, IReadOnlyList<PersonCertificate> furtherOwners)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Shown.Any(volume => volume.Name == name)) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a volume '{name}'; choose another name.");
            return Take(await Volume.CreateAsync(newContext(), folder, name, furtherOwners).ConfigureAwait(false));
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Opens a replica, an empty one when there is none; gives the open one when it is open already.</summary>
    public async Task<Volume> OpenAsync(VolumeId id)
    {
        var volume = await OpenLockedAsync(id).ConfigureAwait(false);
        if (Opened is { } opened) await opened().ConfigureAwait(false);
        return volume;
    }

    private async Task<Volume> OpenLockedAsync(VolumeId id)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            lock (gate)
            {
                if (open.TryGetValue(id, out var known)) return known.Volume;
            }
            return Take(await Volume.OpenAsync(id, newContext(), folder).ConfigureAwait(false));
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>A volume that is shown, by its id; null: it is not here.</summary>
    public Volume? Find(VolumeId id) => Shown.FirstOrDefault(volume => volume.Id == id);

    /// <summary>The volume with a name, an id or the beginning of an id of at least four digits. Offers, whose names others choose, have none here.</summary>
    /// <exception cref="PeerDriveException">NotFound: no such volume. Conflict: several.</exception>
    public Volume Require(string text)
    {
        var shown = Shown;
        var found = shown.Where(volume => volume.Name == text).ToList();
        foreach (var volumes in new[] { shown, All })
        {
            if (found.Count == 0 && text.Length >= 4) found = [.. volumes.Where(volume => volume.Id.ToHex().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        }
        if (found.Count == 1) return found[0];
        if (found.Count > 1)
            throw new PeerDriveException(ErrorKind.Conflict, $"'{text}' may be several volumes: {string.Join(", ", found.Select(volume => $"{volume.Name} ({volume.Id.ToHex()})"))}. Use an id.");
        if (Id.TryParse<VolumeId>(text, out _))
            throw new PeerDriveException(ErrorKind.NotFound, $"Volume {text} is not on this device. Join it first: ask a member for a ticket ('peerdrive invite'), then 'peerdrive join TICKET'.");
        var others = shown.Select(volume => volume.Name).Order(StringComparer.Ordinal).ToList();
        throw new PeerDriveException(ErrorKind.NotFound, others.Count switch
        {
            0 => $"There is no volume '{text}'; there are none yet. Make one with: peerdrive create NAME",
            > Named => $"There is no volume '{text}'; there are: {string.Join(", ", others.Take(Named))} and {others.Count - Named} more.",
            _ => $"There is no volume '{text}'; there are: {string.Join(", ", others)}.",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await changing.WaitAsync().ConfigureAwait(false);
        List<OpenVolume> left;
        lock (gate)
        {
            left = [.. open.Values, .. retired];
            open.Clear();
            retired.Clear();
        }
        foreach (var entry in left)
        {
            await Ended(entry.Merger).ConfigureAwait(false);
            if (entry.Search is { } search) await Ended(search).ConfigureAwait(false);
        }
        foreach (var entry in left) await Ended(entry.Volume).ConfigureAwait(false);
        changing.Dispose();
    }

    private static void RequireName(string name)
    {
        if (!EntryName.IsValid(System.Text.Encoding.UTF8.GetBytes(name)) || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl) || name.Trim() != name || name.StartsWith('-'))
        {
            throw new PeerDriveException(
                ErrorKind.Invalid,
                $"'{EntryName.Display(System.Text.Encoding.UTF8.GetBytes(name))}' is no name for a volume: 1 to {ModelLimits.NameBytes} bytes without '/', ':' and control characters, with no dash or blank first and no blank last.");
        }
    }

    private Volume Take(Volume volume)
    {
        var merger = new VolumeMerger(volume, time, new Random());
        merger.Start();
        var mark = OfferMark.Of(volume);
        // What others offer is not searched: their names and texts would take room here for each of them.
        var search = mark is null ? OpenSearch(volume) : null;
        lock (gate)
        {
            open[volume.Id] = new OpenVolume(volume, merger, search);
            if (mark is not null) offers[volume.Id] = mark;
        }
        log.VolumeOpened(volume.Name, volume.Id.ToHex());
        if (volume.CutBytes > 0) log.LogCut(volume.Name, volume.CutBytes);
        return volume;
    }

    /// <summary>Null: there is no room for an index, say; everything else goes on.</summary>
    private VolumeSearch? OpenSearch(Volume volume)
    {
        try
        {
            var search = VolumeSearch.Open(volume, newContext().Disk, time, new ExtractedTexts(fields.Of(volume), volume.Contents));
            search.Start();
            return search;
        }
        catch (PeerDriveException e)
        {
            log.SearchFailed(volume.Name, e.Message);
            return null;
        }
    }

    private async Task Ended(IAsyncDisposable part)
    {
        try
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The others have to be closed all the same.
            log.StopFailed(e);
        }
    }
}
