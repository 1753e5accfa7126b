using System.Net;
using Microsoft.Extensions.Logging;
using PeerDrive.Folders;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Native.Files;
using PeerDrive.Node.Addresses;
using PeerDrive.Node.Annotations;
using PeerDrive.Node.Api;
using PeerDrive.Node.Events;
using PeerDrive.Node.Extraction;
using PeerDrive.Node.Home;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Limits;
using PeerDrive.Node.Links;
using PeerDrive.Node.Mounting;
using PeerDrive.Node.Network;
using PeerDrive.Node.Offers;
using PeerDrive.Node.Retention;
using PeerDrive.Node.Rules;
using PeerDrive.Node.Settings;
using PeerDrive.Node.Uploads;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Discovery;
using PeerDrive.Transport.Identity;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Node;

/// <summary>The composition of everything that acts under one identity. Parts end in the reverse of the order in which they began.</summary>
internal sealed class NodeCore : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = [];
    private readonly ILogger log;
    private readonly JobBook book;

    private NodeCore(ILogger log, NodeHome home, NodeOptions options, SettingsFile settings, IdentityStore identity)
    {
        this.log = log;
        var time = TimeProvider.System;
        var disk = new RealDisk();
        Time = time;
        Home = home;
        Identity = identity;
        Rates = new RateLimits(time);
        Limits = new LimitKeeper(settings, Rates, time);
        Sync = new SyncEngine(new TlsPeerNetwork(identity.Device, time, Rates), identity.Device.Key, identity.PersonCertificate, time, new Random());
        Fields = new FieldStores(disk);
        // Ids are drawn from each volume's own source: unseeded, so that no two devices draw the same.
        Volumes = new VolumeTable(home.VolumesFolder, () => new VolumeContext(disk, time, new Random(), identity.Device.Key, identity.PersonCertificate), Fields, time, log);
        DocumentLinks = new DocumentLinks(Volumes);
        Annotations = new AnnotationDesk(Fields);
        BulkAnnotation = new BulkAnnotation(Annotations, Fields);
        Links = new LinkRoster(home.Path, () => new FolderContext(time, new Random(), TaskScheduler.Default), time, log);
        book = new JobBook(settings);
        Jobs = new JobBoard(book, time, log);
        Retention = new RetentionKeeper(Volumes, Jobs, time, log);
        Rules = new RuleKeeper(settings, Volumes, Jobs, time, new Random(), log);
        Pauses = new PauseKeeper(settings, Sync.Pauses, Volumes);
        Mount = new DriveMount(Volumes, home, settings, options.Program, time, log);
        Sync.OnCheckpoint = (volume, verdict) =>
        {
            if (verdict.Why is { } why) log.CheckpointWrong(volume.Name, verdict.Checkpoint.Maker, why);
            else log.CheckpointVerified(volume.Name, verdict.Checkpoint.Maker);
        };
        Offers = new OfferKeeper(Volumes, Links, Sync, Mount, time, log) { ServesOnly = options.ServesOnly, ViewsOnly = options.ViewsOnly };
        Desk = new OfferDesk(Volumes, Links, Sync, Offers);
        Events = new EventHub(this);
        Uploads = new UploadDesk(home.UploadsFolder, Volumes, time);
        Options = options;
        Settings = settings;
        Began = time.GetUtcNow();
    }

    public TimeProvider Time { get; }

    public NodeHome Home { get; }

    public NodeOptions Options { get; }

    public SettingsFile Settings { get; }

    public DateTimeOffset Began { get; }

    public IdentityStore Identity { get; }

    public SyncEngine Sync { get; }

    public VolumeTable Volumes { get; }

    public FieldStores Fields { get; }

    public AnnotationDesk Annotations { get; }

    public BulkAnnotation BulkAnnotation { get; }

    public DocumentLinks DocumentLinks { get; }

    public LinkRoster Links { get; }

    public JobBoard Jobs { get; }

    public RetentionKeeper Retention { get; }

    public RuleKeeper Rules { get; }

    public PauseKeeper Pauses { get; }

    public RateLimits Rates { get; }

    public LimitKeeper Limits { get; }

    public DriveMount Mount { get; }

    public OfferKeeper Offers { get; }

    public OfferDesk Desk { get; }

    public EventHub Events { get; }

    public UploadDesk Uploads { get; }

    public OwnAddresses Addresses { get; private set; } = new(new IPEndPoint(IPAddress.Loopback, 0), AnnounceMode.Off, []);

    public PeerFinder Peers { get; private set; } = null!;

    /// <summary>A volume by its name or id, and a path in it; through the links that the path goes through, those of another one.</summary>
    /// <inheritdoc cref="DocumentLinks.Through" path="/exception"/>
    public (Volume Volume, string Path) PlaceOf(string volume, string path) => DocumentLinks.Through(Volumes.Require(volume), path);

    public static async Task<NodeCore> StartAsync(NodeOptions options, NodeHome home, SettingsFile settings, ILogger log, CancellationToken cancellation)
    {
        var identity = IdentityStore.Open(home.IdentityFolder, options.PersonName, options.DeviceName, new FileSync(Libc.Fsync, new RealDisk().SyncFolder));
        var core = new NodeCore(log, home, options, settings, identity);
        try
        {
            await core.BeginAsync(options, settings, cancellation).ConfigureAwait(false);
            return core;
        }
        catch
        {
            await core.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends jobs, offers, the mount, linked folders, discovery, exchange and volumes, in this order.</summary>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
        {
            try
            {
                await part.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // What is left has to end all the same.
                log.StopFailed(e);
            }
        }
        Uploads.Dispose();
        Pauses.Dispose();
        Identity.Dispose();
    }

    private async Task BeginAsync(NodeOptions options, SettingsFile settings, CancellationToken cancellation)
    {
        if (options.Policy is { } policy)
        {
            _ = ReplicaRoutes.ParsePolicy(policy);
            settings.Change(now => now.Policy == policy ? now : now with { Policy = policy });
        }
        var trimmer = new HeapTrimmer(Time);
        parts.Push(trimmer);
        trimmer.Start();
        parts.Push(Fields);
        parts.Push(Volumes);
        await Volumes.OpenAllAsync(cancellation).ConfigureAwait(false);
        foreach (var volume in Volumes.All) await IntroduceAsync(volume).ConfigureAwait(false);

        parts.Push(Sync);
        parts.Push(Limits);
        Limits.Start();
        await Pauses.StartAsync().ConfigureAwait(false);
        var listening = Listen(options, settings);
        Addresses = new OwnAddresses(listening, options.Announce, [.. options.Addresses.Select(text => OwnAddresses.Require(text, listening.Port))]);
        Sync.Addresses = Addresses.Told;
        Offers.Prepare();
        foreach (var volume in Volumes.Shown) Sync.Add(volume);
        foreach (var offer in Volumes.Offers)
        {
            if (!OfferKeeper.IsOwn(offer)) Sync.Add(offer.Volume, offer.Mark.Device);
            else if (!options.ViewsOnly) Sync.Add(offer.Volume);
        }

        var announcer = new LanAnnouncer(Identity.Device.Device, listening.Port, options.Announce, Time, new Random());
        Peers = new PeerFinder(announcer, Sync, new AddressBook(settings), Time, log);
        parts.Push(Peers);
        Peers.Start();
        var watch = new NetworkWatch(Time, () =>
        {
            Sync.NetworkChanged();
            announcer.AnnounceNow();
        });
        parts.Push(watch);
        watch.Start();

        parts.Push(Links);
        foreach (var volume in Volumes.All) await Links.OpenAllAsync(volume).ConfigureAwait(false);
        if (options.ExtractWorker is { } worker)
        {
            var extraction = new FieldExtraction(worker, Volumes, Fields, Time, log, options.ExtractionTimes ?? ExtractionTimes.Usual);
            parts.Push(extraction);
            extraction.Start();
        }
        parts.Push(Mount);
        await Mount.BeginAsync(options.Mount, options.UsualMount).ConfigureAwait(false);
        parts.Push(Offers);
        Offers.Start();
        // Jobs end before it: it waits for those that it began.
        parts.Push(Retention);
        parts.Push(Rules);
        parts.Push(Jobs);
        parts.Push(Events);
        Retention.Start();
        TakeUpJobs();
        Rules.Start();
        Events.Start();
    }

    /// <summary>Imports go on, and find what they have taken in already; whoever waited for another job has gone with the node.</summary>
    private void TakeUpJobs()
    {
        foreach (var kept in book.Take())
        {
            if (kept.Import is { } import && Volumes.All.Any(volume => volume.Id.ToHex() == import.Volume)) LinkRoutes.Import(this, kept, import);
            else if (!Rules.TakesUp(kept)) Jobs.NoteBrokenOff(kept);
        }
    }

    /// <summary>A new device of a member lets itself in before it writes anything: others refuse what an unknown device wrote.</summary>
    private async Task IntroduceAsync(Volume volume)
    {
        if (volume.OwnRole == Role.None || volume.Members.CertificateOf(Identity.Device.Device) is not null) return;
        try
        {
            await volume.CommitAsync(edit => edit.Administer(new Operation.Device(Identity.Device.Certificate)), Role.None).ConfigureAwait(false);
        }
        catch (PeerDriveException e)
        {
            log.VolumeFailed(volume.Id.ToHex(), e.Message);
        }
    }

    /// <summary>Listens where peers know this node to be, or elsewhere when that port was taken and nobody asked for it by number.</summary>
    private IPEndPoint Listen(NodeOptions options, SettingsFile settings)
    {
        // With IPv6 a socket of both versions, which a machine without it may refuse.
        foreach (var address in options.Listen is { } only ? [only] : new[] { IPAddress.IPv6Any, IPAddress.Any })
        {
            try
            {
                return Listen(address, options, settings);
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Invalid && address.Equals(IPAddress.IPv6Any))
            {
                log.NoVersion6(e.Message);
            }
        }
        throw new PeerDriveException(ErrorKind.Invalid, "This machine has no network.");
    }

    private IPEndPoint Listen(IPAddress address, NodeOptions options, SettingsFile settings)
    {
        var wanted = options.Port ?? settings.Current.Port;
        IPEndPoint listening;
        try
        {
            listening = Sync.Listen(new IPEndPoint(address, wanted));
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Busy && options.Port is null or 0)
        {
            listening = Sync.Listen(new IPEndPoint(address, 0));
            log.PortTaken(wanted, listening.Port);
        }
        settings.Change(now => now.Port == listening.Port ? now : now with { Port = listening.Port });
        return listening;
    }
}
