using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api;
using PeerDrive.Node.Home;
using PeerDrive.Node.Recovery;
using PeerDrive.Node.Settings;
using PeerDrive.Node.Web;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Node;

/// <summary>A running node: a locked data directory, the parts that act in it, and the API over a Unix socket.</summary>
public sealed class PeerDriveNode : IAsyncDisposable
{
    private readonly NodeOptions options;
    private readonly NodeHome home;
    private readonly SettingsFile settings;
    private readonly ILoggerFactory logs;
    private readonly ILogger log;
    private readonly SemaphoreSlim replacing = new(1, 1);
    private readonly TaskCompletionSource stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeCore core;
    private ApiHost? api;
    private bool disposed;

    private PeerDriveNode(NodeOptions options, NodeHome home, SettingsFile settings, ILoggerFactory logs, ILogger log, NodeCore core)
    {
        this.options = options;
        this.home = home;
        this.settings = settings;
        this.logs = logs;
        this.log = log;
        this.core = core;
    }

    public string SocketPath => home.SocketPath;

    /// <summary>Where the web page is; null: it is not served.</summary>
    public string? PageAddress { get; private set; }

    /// <summary>Where other devices find the page, and the fingerprint of the certificate that they see there (SHA-256, hexadecimal digits); null: it is not served for them.</summary>
    public (string Address, string Fingerprint)? RemotePage { get; private set; }

    internal NodeCore Core => Volatile.Read(ref core);

    internal DateTimeOffset Started { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>Starts a node; when the task ends it answers on its socket.</summary>
    /// <exception cref="PeerDriveException">Busy: another node runs in the data directory, or the port asked for is taken. Forbidden, Corrupt, Invalid, NoSpace or Io.</exception>
    public static async Task<PeerDriveNode> StartAsync(NodeOptions options, CancellationToken cancellation)
    {
        NodeHome? home = null;
        ILoggerFactory? logs = null;
        NodeCore? core = null;
        PeerDriveNode? node = null;
        try
        {
            home = NodeHome.Open(options.Home);
            logs = NodeLogging.Create();
            var log = logs.CreateLogger("PeerDrive.Node");
            var settings = SettingsFile.Open(home.SettingsFile);
            core = await NodeCore.StartAsync(options, home, settings, log, cancellation).ConfigureAwait(false);
            node = new PeerDriveNode(options, home, settings, logs, log, core);
            home.PrepareSocket();
            var (web, noPage) = WebEndPoint.Parse(options.Web)?.Bind(settings.Current.WebPort) ?? (null, "");
            if (noPage.Length > 0) log.NoPage(noPage);
            if (web?.LocalEndPoint is IPEndPoint place)
            {
                settings.Change(now => now.WebPort == place.Port ? now : now with { WebPort = place.Port });
                node.PageAddress = $"http://{place}/";
            }
            var logins = new WebLogins(WebToken.Load(home.Path), WebPassword.Load(home.Path), TimeProvider.System);
            node.api = await ApiHost.StartAsync(node, home.SocketPath, web, node.OpenRemote(logins), logins, logs, cancellation).ConfigureAwait(false);
            home.CloseSocketToOthers();
            await RequestedLinks.AddAsync(core, options.Links, cancellation).ConfigureAwait(false);
            log.Started(core.Identity.Device.Certificate.Name, core.Identity.PersonCertificate.Name, home.Path, core.Addresses.Port, home.SocketPath);
            return node;
        }
        catch (Exception e)
        {
            if (node is not null)
            {
                await node.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                if (core is not null) await core.DisposeAsync().ConfigureAwait(false);
                logs?.Dispose();
                home?.Dispose();
            }
            if (e is not PeerDriveException && Failures.Translate(e) is { } failure) throw failure;
            throw;
        }
    }

    /// <summary>Ends when a client asked the node to stop; disposing it then stops it.</summary>
    public Task WaitForStopAsync() => stopAsked.Task;

    /// <summary>Stops: the API first, then linked folders, exchange and volumes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        log.Stopping();
        stopAsked.TrySetResult();
        Core.Events.End();
        if (api is not null) await api.DisposeAsync().ConfigureAwait(false);
        await Core.DisposeAsync().ConfigureAwait(false);
        home.RemoveSocket();
        home.Dispose();
        logs.Dispose();
        replacing.Dispose();
    }

    /// <exception cref="PeerDriveException">Invalid: no place, or there is no password. Busy: it is taken. Corrupt: the certificate is damaged.</exception>
    private (Socket Socket, WebCertificate Certificate)? OpenRemote(WebLogins logins)
    {
        if (options.WebRemote is not { } text) return null;
        var place = WebEndPoint.ParseRemote(text);
        if (logins.Password is null)
            throw new PeerDriveException(ErrorKind.Invalid, "Other devices may open the page only with a password, and there is none. Start the node without --web-remote, set one with 'peerdrive password', and start it again.");
        var certificate = WebCertificate.Load(home.Path, TimeProvider.System.GetUtcNow());
        var socket = place.Bind(0).Socket!;
        var at = (IPEndPoint)socket.LocalEndPoint!;
        var isAny = at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any);
        RemotePage = ($"https://{(isAny ? $"{certificate.Name ?? Environment.MachineName}:{at.Port}" : at.ToString())}/", certificate.Leaf.GetCertHashString(HashAlgorithmName.SHA256));
        return (socket, certificate);
    }

    internal void AskToStop() => stopAsked.TrySetResult();

    /// <summary>
    /// Makes this node act for another person and begins anew as that. Where volumes know its device, which acts for one person for
    /// ever, it becomes another device; all volumes stay, and the person takes over the rights that it has in them.
    /// </summary>
    /// <param name="person">Owned by the node from here on.</param>
    /// <exception cref="PeerDriveException">Conflict: the person may not act in a volume here; nothing was changed.</exception>
    internal async Task AdoptAsync(PersonIdentity person, CancellationToken cancellation)
    {
        await replacing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var former = Core;
            if (former.Volumes.All.Count == 0 || former.Identity.PersonCertificate.Person == person.Person)
            {
                former.Identity.Adopt(person);
            }
            else
            {
                var device = DeviceIdentity.Create(person, former.Identity.Device.Certificate.Name);
                await new PersonTakeover(former.Volumes.All, person.Certificate, device.Certificate).PrepareAsync().ConfigureAwait(false);
                former.Identity.Adopt(person, device);
            }
            await former.DisposeAsync().ConfigureAwait(false);
            Volatile.Write(ref core, await NodeCore.StartAsync(options, home, settings, log, CancellationToken.None).ConfigureAwait(false));
        }
        finally
        {
            replacing.Release();
        }
    }
}
