using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PeerDrive.FileSystem.Common;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Home;
using PeerDrive.Node.Links;
using PeerDrive.Node.Mounting;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Node.Offers;

/// <summary>
/// Keeps offers in step with their groups: the members of a group may read what this node offers to it, this node has what others offer, and both are
/// put together to the common tree. Looks when something was said to have changed; several news are one look.
/// </summary>
internal sealed class OfferKeeper(VolumeTable volumes, LinkRoster links, SyncEngine sync, DriveMount mount, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly OfferMembers members = new(log);
    private readonly HashSet<VolumeId> rejected = [], opened = [];
    private ImmutableArray<CommonView> views = [];
    private string shown = "";
    private Task loop = Task.CompletedTask;

    /// <summary>What others offer is not brought here, and nothing is shown.</summary>
    public bool ServesOnly { get; init; }

    /// <summary>Nothing is offered, also not what was before.</summary>
    public bool ViewsOnly { get; init; }

    /// <summary>Before exchange begins: what this node tells first of itself names its offers, or members would take them for withdrawn.</summary>
    public void Prepare()
    {
        opened.UnionWith(volumes.Offers.Where(offer => !IsOwn(offer)).Select(offer => offer.Volume.Id));
        TellOffers();
    }

    public void Start()
    {
        sync.OnNews = () => signal.Writer.TryWrite(true);
        signal.Writer.TryWrite(true);
        loop = RunAsync();
    }

    /// <summary>The common tree of a group, also when nothing is offered in it.</summary>
    public CommonView ViewOf(Volume group) => views.FirstOrDefault(view => view.Group == group.Id) ?? Compose(group);

    public static bool IsOwn((Volume Volume, OfferMark Mark) offer) => offer.Mark.Device == offer.Volume.Device;

    /// <summary>Whether an offer has its place in the common tree.</summary>
    public static bool IsShown(Volume offer, OfferMark mark) => PlaceOf(offer) is not null && offer.Setting(VolumeSettings.OfferGroup) == mark.Group.ToHex();

    /// <summary>Where an offer is in the common tree; null: its owner has not said, or it is none.</summary>
    public static ImmutableArray<EntryName>? PlaceOf(Volume offer) => offer.Setting(VolumeSettings.OfferPlace) is { } place ? OfferPlace.TryParse(place) : null;

    /// <summary>Runs something while nothing else changes offers, and looks at once what follows from it.</summary>
    public async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var result = await change().ConfigureAwait(false);
            await LookAsync().ConfigureAwait(false);
            return result;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Ends an offer, own or not; the directory keeps its files.</summary>
    public async Task EndAsync(Volume offer)
    {
        await sync.RemoveAsync(offer.Id).ConfigureAwait(false);
        await links.EndAsync(offer).ConfigureAwait(false);
        volumes.Retire(offer);
    }

    public async ValueTask DisposeAsync()
    {
        sync.OnNews = null;
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
        changing.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
                await changing.WaitAsync(stop.Token).ConfigureAwait(false);
                try
                {
                    await LookAsync().ConfigureAwait(false);
                }
                finally
                {
                    changing.Release();
                }
                await Task.Delay(Pace, time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var groups = volumes.Shown.ToDictionary(volume => volume.Id);
            foreach (var offer in volumes.Offers)
            {
                var group = groups.GetValueOrDefault(offer.Mark.Group);
                if (IsOwn(offer) ? !links.Of(offer.Volume).Any() : IsOver(offer.Volume, offer.Mark, group)) await EndAsync(offer.Volume).ConfigureAwait(false);
                else if (IsOwn(offer)) await members.FollowAsync(offer.Volume, group).ConfigureAwait(false);
            }
            TellOffers();
            if (!ServesOnly)
            {
                foreach (var group in groups.Values.Where(group => group.OwnRole != Role.None)) await JoinAsync(group).ConfigureAwait(false);
                await ShowAsync(groups.Values).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (Failures.Translate(e) is { } failure)
        {
            // A full disk, for one; with the next news it is tried again.
            log.OfferFailed("all groups", failure.Message);
        }
    }

    private void TellOffers()
    {
        var own = volumes.Offers.Where(offer => IsOwn(offer) && !ViewsOnly).ToLookup(offer => offer.Mark.Group, offer => offer.Volume.Id);
        foreach (var group in volumes.Shown) sync.SetOffers(group.Id, [.. own[group.Id]]);
    }

    /// <summary>Whether what another device offered is withdrawn, not for this node any more, or not what it was said to be.</summary>
    private bool IsOver(Volume offer, OfferMark mark, Volume? group)
    {
        if (group is null) return true;
        if (group.Members.All.Count > 0 && (group.OwnRole == Role.None || group.Members.RoleOf(mark.Device) == Role.None)) return true;
        if (sync.OffersIn(group.Id).TryGetValue(mark.Device, out var offered) && !offered.Contains(offer.Id)) return true;
        if (!IsFalse(offer, mark)) return false;
        rejected.Add(offer.Id);
        return true;
    }

    /// <summary>Whether a volume is not what it was said to be. An empty replica is still to be filled, and settings may come after the members.</summary>
    private static bool IsFalse(Volume offer, OfferMark mark) =>
        (offer.Members.All.Count > 0 && offer.Members.RoleOf(mark.Device) != Role.Owner)
        || (offer.Setting(VolumeSettings.OfferGroup) is { } said && said != mark.Group.ToHex())
        || (offer.Setting(VolumeSettings.OfferPlace) is not null && PlaceOf(offer) is null);

    /// <summary>Opens an empty replica of what is offered and not here yet; its tree comes, and contents when they are read.</summary>
    private async Task JoinAsync(Volume group)
    {
        foreach (var (device, offered) in sync.OffersIn(group.Id).OrderBy(said => said.Key))
        {
            if (group.Members.PersonOf(device) is not { } person || group.Members.RoleOf(person) == Role.None) continue;
            foreach (var id in offered)
            {
                if (rejected.Contains(id) || volumes.All.Any(volume => volume.Id == id)) continue;
                if ((opened.Count >= OfferLimits.Joined && !opened.Contains(id)) || volumes.Offers.Count(other => PersonOf(other.Mark) == person) >= OfferLimits.PerPerson) break;
                opened.Add(id);
                var offer = await volumes.OpenOfferAsync(id, new OfferMark(group.Id, device)).ConfigureAwait(false);
                sync.Add(offer, device);
            }
        }
    }

    private PersonId? PersonOf(OfferMark mark) => volumes.Shown.FirstOrDefault(volume => volume.Id == mark.Group)?.Members.PersonOf(mark.Device);

    private async Task ShowAsync(IEnumerable<Volume> groups)
    {
        ImmutableArray<CommonView> now = [.. groups.Where(group => group.OwnRole != Role.None).Select(Compose).Where(view => view.Sources.Length > 1)];
        var text = string.Join('\n', now.SelectMany(view => view.Sources.Select(source => $"{view.Group} {view.Name} {source.Volume.Id} {OfferPlace.Format(source.Place)} {source.Owner}")));
        if (text == shown) return;
        views = now;
        await mount.ShowCommonAsync(now).ConfigureAwait(false);
        shown = text;
    }

    private CommonView Compose(Volume group)
    {
        var sources = ImmutableArray.CreateBuilder<CommonSource>();
        sources.Add(Source(group, [], group.Name));
        foreach (var (offer, mark) in volumes.Offers.Where(offer => offer.Mark.Group == group.Id && IsShown(offer.Volume, offer.Mark)))
            sources.Add(Source(offer, PlaceOf(offer)!.Value, OwnerOf(group, mark)));
        return new CommonView(group.Id, group.Name, sources.ToImmutable());
    }

    private CommonSource Source(Volume volume, ImmutableArray<EntryName> place, string owner) =>
        new(volume, place, owner) { IsReachable = () => sync.Peers().Any(peer => peer.IsConnected && peer.Volumes.Contains(volume.Id)) };

    /// <summary>The name of the person whose device offers.</summary>
    public static string OwnerOf(Volume group, OfferMark mark) =>
        group.Members.PersonOf(mark.Device) is { } person && group.Members.All.FirstOrDefault(member => member.Person == person) is { } member
            ? member.Certificate.Name
            : group.Members.DeviceName(mark.Device);
}
