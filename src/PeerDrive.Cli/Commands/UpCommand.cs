using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Node;

namespace PeerDrive.Cli.Commands;

/// <summary>Runs the node in the foreground. The only command that touches the Node: others must not pay for loading it.</summary>
internal static class UpCommand
{
    private static readonly Option<string[]> Link = new("--link")
    {
        Description = "Share this directory: a volume named after it is made when there is none, and linked (repeatable)",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Volume = new("--volume") { Description = "The volume for --link, instead of the directory's name", HelpName = "NAME" };

    private static readonly Option<string?> Mount = new("--mount")
    {
        Description = "Show all volumes as files in this directory (else where they were last; ~/PeerDrive for the usual home)",
        HelpName = "DIR",
    };

    private static readonly Option<bool> NoMount = new("--no-mount", "--headless") { Description = "Do not mount: for a device that only keeps volumes, as one that is always on (with --policy full)" };

    private static readonly Option<bool> ServeOnly = new("--serve-only") { Description = "Offer directories, and neither show nor mount what others offer" };

    private static readonly Option<bool> ViewOnly = new("--view-only") { Description = "Show what others offer, and offer nothing" };

    private static readonly Option<string?> Policy = JoinCommand.CreatePolicyOption("Which contents of volumes joined from now on are to be here: full, metadata, cache:100MB");

    private static readonly Option<int?> Port = new("--port") { Description = "TCP port for peers (else the one used before)", HelpName = "N" };

    private static readonly Option<string?> Web = new("--web") { Description = "Where the web page is served on this device: a port, a loopback address, or off (else where it was before)", HelpName = "PORT" };

    private static readonly Option<string?> WebRemote = new("--web-remote") { Description = "Serve the page to other devices too, with TLS and the password of `peerdrive password`: a port, or an address of this device and a port", HelpName = "[ADDRESS:]PORT" };

    private static readonly Option<string[]> Address = new("--address")
    {
        Description = "Tell members that this device may be reached here too: a name or IP address, with or without a port (repeatable)",
        HelpName = "HOST[:PORT]",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Name = new("--name") { Description = "This device's name, at the first start (else the host's)", HelpName = "DEVICE" };

    private static readonly Option<string?> Person = new("--person") { Description = "Your name, at the first start (else the login)", HelpName = "NAME" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "up", "Run the node here until Ctrl-C or `peerdrive down`", RunAsync,
            "peerdrive up", "peerdrive up --link ~/Documents", "peerdrive up --link ~/pics --volume Pictures --port 22067");
        foreach (var option in new Option[] { Link, Volume, Mount, NoMount, ServeOnly, ViewOnly, Policy, Port, Web, WebRemote, Address, Name, Person }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var directories = call.Get(Link).Select(Path.GetFullPath).ToList();
        if (call.Get(Volume) is not null && directories.Count != 1) throw new UsageException("--volume names the volume of exactly one --link.");
        if (call.Get(Port) is < 0 or > 65_535) throw new UsageException("--port is a number from 0 to 65535.");
        if (directories.Find(directory => !Directory.Exists(directory)) is { } missing)
            throw new UsageException($"{missing} is no directory: make it first.");

        if (call.Get(Mount) is not null && call.Get(NoMount)) throw new UsageException("--mount and --no-mount say opposite things.");
        if (call.Get(ServeOnly) && call.Get(ViewOnly)) throw new UsageException("--serve-only and --view-only say opposite things.");
        if (call.Get(Mount) is not null && call.Get(ServeOnly)) throw new UsageException("--mount and --serve-only say opposite things.");
        var offers = call.Get(ServeOnly) ? "serve" : call.Get(ViewOnly) ? "view" : null;
        var mount = call.Get(NoMount) || call.Get(ServeOnly) ? "" : call.Get(Mount) is { } named ? Path.GetFullPath(named) : null;
        var device = call.Get(Name) ?? Environment.MachineName;
        var person = call.Get(Person) ?? call.Variable("USER") ?? Environment.UserName;
        var node = await NodeProcess.StartAsync(call.Home, call.Get(Port), call.Get(Address), call.Variable("PEERDRIVE_ANNOUNCE"), mount, call.IsUsualHome ? call.UsualMount : null, call.Get(Policy), offers, call.Get(Web), call.Get(WebRemote), Worker(call), person, device, cancellation)
            .ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            var client = call.Connect();
            foreach (var directory in directories) await EnsureLinkedAsync(client, directory, call.Get(Volume), cancellation).ConfigureAwait(false);
            Greet(call, await client.StatusAsync(cancellation).ConfigureAwait(false), node);
            await ServeAsync(call, client, node.WaitForStopAsync(), cancellation).ConfigureAwait(false);
            if (!call.IsJson) call.Output.WriteLine("Stopping.");
            await call.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        return ExitCodes.Success;
    }

    /// <summary>This program once more; null: nobody wants files to be read for fields.</summary>
    private static string[]? Worker(Call call) => call.Variable("PEERDRIVE_EXTRACT") != "off" && Environment.ProcessPath is { } program ? [program, ExtractWorker.Name] : null;

    private static async Task EnsureLinkedAsync(PeerDriveClient client, string directory, string? name, CancellationToken cancellation)
    {
        var volumes = await client.VolumesAsync(cancellation).ConfigureAwait(false);
        if (volumes.SelectMany(volume => volume.Links).Any(link => link.Directory == directory)) return;
        var wanted = name ?? Path.GetFileName(directory.TrimEnd('/'));
        if (wanted.Length == 0) throw new UsageException("Name the volume for / with --volume NAME.");
        if (volumes.All(volume => volume.Name != wanted && volume.Id != wanted))
            wanted = (await client.CreateVolumeAsync(new CreateVolume(wanted, WithRecoveryKey: false), cancellation).ConfigureAwait(false)).Id;
        await client.LinkAsync(new CreateLink(wanted, "/", directory, "keep", [], Force: false), cancellation).ConfigureAwait(false);
    }

    private static void Greet(Call call, NodeStatus status, NodeProcess node)
    {
        call.Answer(status, _ =>
        {
            call.Output.WriteLine($"PeerDrive {status.Version} is up on {status.DeviceName} for {status.PersonName}.");
            call.Output.WriteLine($"Device   {status.Device}");
            call.Output.WriteLine($"Home     {status.Home}, port {status.Port}");
            if (node.PageAddress is { } page) call.Output.WriteLine($"Page     {page} (log in with `peerdrive open`)");
            if (node.RemotePage is { } remote) call.Output.WriteLine($"Page     {remote.Address} for other devices; its certificate is {remote.Fingerprint}");
            foreach (var volume in status.Volumes)
            {
                foreach (var link in volume.Links) call.Output.WriteLine($"Linked   {link.Directory} is {volume.Name}{(link.Folder == "/" ? "" : ":" + link.Folder)}");
            }
            if (status.Mount.Directory is { } mounted) call.Output.WriteLine($"Mounted  {mounted}");
            else if (status.Mount.Problem is { } problem) call.Output.WriteLine($"Not mounted: {problem}");
            call.Output.WriteLine(status.Volumes.Count == 0
                ? "Next: share a directory with `peerdrive volume create NAME` and `peerdrive link NAME DIR`, or `peerdrive join TICKET`."
                : $"Invite another device with `peerdrive invite {status.Volumes[0].Name}`. Stop with Ctrl-C or `peerdrive down`.");
        });
        call.Output.Flush();
    }

    /// <summary>Shows the first scan, then only waits: an idle node costs nothing.</summary>
    private static async Task ServeAsync(Call call, PeerDriveClient client, Task stopped, CancellationToken cancellation)
    {
        try
        {
            var progress = new JobProgress(call, client);
            await progress.UntilAsync(
                async () =>
                {
                    if (stopped.IsCompleted) return ([], false);
                    var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
                    var isScanning = status.Volumes.SelectMany(volume => volume.Links).Any(link => link.State == "scanning");
                    return (status.Jobs, isScanning || status.Jobs.Any(JobText.IsRunning));
                },
                cancellation,
                stopped).ConfigureAwait(false);
            await stopped.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is the usual way to stop.
        }
        catch (PeerDriveProblemException) when (stopped.IsCompleted)
        {
            // Asked just when it stopped; whether it stopped well is what the caller gets to know.
            await stopped.ConfigureAwait(false);
        }
    }
}
