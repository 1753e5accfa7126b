using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>The HTTP server: the API on a Unix socket, and the API and the page over TCP.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    /// <summary>Requests are small: the largest is an exported person.</summary>
    private const int MaxBodyBytes = 1 << 20;

    /// <summary>The longest path of Linux, each byte of it escaped, and a cursor beside it; the longest address in plain letters.</summary>
    private const int MaxLineBytes = 32 << 10;

    /// <summary>Listeners for events hold one each.</summary>
    private const int MaxConnections = 1_024;

    /// <summary>How long running requests may go on after a stop; jobs end by themselves.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly WebApplication app;
    private readonly WebLogins logins;

    private ApiHost(WebApplication app, WebLogins logins) => (this.app, this.logins) = (app, logins);

    /// <param name="web">A listening socket for this device; null: there is no page.</param>
    /// <param name="logins">Owned by the host from here on.</param>
    /// <param name="remote">One for other devices, with the certificate for TLS; null: there is none.</param>
    public static async Task<ApiHost> StartAsync(PeerDriveNode node, string socketPath, Socket? web, (Socket Socket, WebCertificate Certificate)? remote, WebLogins logins, ILoggerFactory logs, CancellationToken cancellation)
    {
        // The empty builder reads no configuration files and no ASPNETCORE variables: the node alone says how it listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = MaxLineBytes;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.ListenUnixSocket(socketPath);
            if (web is not null) kestrel.Listen(web.LocalEndPoint!);
            if (remote is { } far) kestrel.Listen(far.Socket.LocalEndPoint!, options => options.UseHttps(far.Certificate.Leaf, https => https.ServerCertificateChain = far.Certificate.Chain));
        });
        if (remote is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = at =>
            at.Equals(web?.LocalEndPoint) ? web! : at.Equals(remote?.Socket.LocalEndPoint) ? remote!.Value.Socket : SocketTransportOptions.CreateDefaultBoundListenSocket(at));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.Replace(ServiceDescriptor.Singleton(logs));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        var app = builder.Build();
        // Browsers send one cookie to all ports of a device: each node has its own.
        var guard = new WebGuard(logins, $"peerdrive-{DeviceIdText.Format(node.Core.Identity.Device.Device)[..7]}", ApiRoutes.Root + SessionRoutes.Route, remote is { } served ? served.Certificate.IsFor : _ => false);
        var api = new ApiRoutes(app, logs.CreateLogger("PeerDrive.Api"), guard, new WebPage(Path.Combine(AppContext.BaseDirectory, "web")));
        SessionRoutes.Map(api, node, logins, guard);
        EventRoutes.Map(api, node, logins);
        MetricsRoute.Map(api, node);
        StatusRoutes.Map(api, node);
        JobRoutes.Map(api, node);
        LimitRoutes.Map(api, node);
        VolumeRoutes.Map(api, node);
        RecoverRoute.Map(api, node);
        LinkRoutes.Map(api, node);
        MountRoutes.Map(api, node);
        EntryRoutes.Map(api, node);
        EditRoutes.Map(api, node);
        UploadRoutes.Map(api, node);
        AnnotationRoutes.Map(api, node);
        DocumentRoutes.Map(api, node);
        HistoryRoutes.Map(api, node);
        SearchRoutes.Map(api, node);
        ConflictRoutes.Map(api, node);
        ReplicaRoutes.Map(api, node);
        HolderRoutes.Map(api, node);
        RetentionRoutes.Map(api, node);
        RuleRoutes.Map(api, node);
        CommonRoutes.Map(api, node);
        OfferRoutes.Map(api, node);
        IdentityRoutes.Map(api, node);
        DescriptionRoute.Map(api);
        api.MapRest();
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
            return new ApiHost(app, logins);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            logins.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        logins.Dispose();
    }
}
