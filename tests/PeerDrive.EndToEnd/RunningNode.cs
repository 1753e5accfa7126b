using System.Diagnostics;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A node as a person starts it: <c>./peerdrive up</c> with a home of its own, on 127.0.0.1.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(TestSize.Of(5, 15));

    private readonly string[] arguments;
    private readonly string? space;
    private readonly bool isHidden;
    private Process process;

    private RunningNode(string home, string? space, bool isHidden, string[] arguments)
    {
        this.space = space;
        this.isHidden = isHidden;
        Home = home;
        this.arguments = arguments;
        process = Launch();
        Client = new PeerDriveClient(NodeSocket.PathFor(home), TimeSpan.FromMinutes(2));
    }

    public static string Repository { get; } = FindRepository();

    public string Home { get; }

    public PeerDriveClient Client { get; }

    /// <summary>Bytes of memory that the node has, and had at most.</summary>
    public (long Now, long Peak) Memory
    {
        get
        {
            var lines = File.ReadAllLines($"/proc/{process.Id}/status");
            return (Kilobytes("VmRSS:") * 1024, Kilobytes("VmHWM:") * 1024);

            long Kilobytes(string name) => long.Parse(lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public static async Task<RunningNode> StartAsync(string home, params string[] arguments)
    {
        var node = new RunningNode(home, null, isHidden: true, arguments);
        await node.UntilUpAsync();
        return node;
    }

    /// <summary>Starts a node in a network namespace, listening at every address that there is in it.</summary>
    public static async Task<RunningNode> StartInAsync(string space, string home, params string[] arguments)
    {
        var node = new RunningNode(home, space, isHidden: false, arguments);
        await node.UntilUpAsync();
        return node;
    }

    /// <summary>Starts a node in a network namespace where nobody else finds it: it knows of others only what it is told, and they wait to be dialled.</summary>
    public static async Task<RunningNode> StartHiddenInAsync(string space, string home, params string[] arguments)
    {
        var node = new RunningNode(home, space, isHidden: true, arguments);
        await node.UntilUpAsync();
        return node;
    }

    /// <summary>Waits until the node shows what is asked for.</summary>
    public async Task UntilAsync(string what, Func<NodeStatus, bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.StartNew();
        NodeStatus? last = null;
        while (started.Elapsed < Limit)
        {
            try
            {
                last = await Client.StatusAsync(CancellationToken.None);
                if (condition(last)) return;
            }
            catch (PeerDriveProblemException) when (!process.HasExited)
            {
                // Not up yet, or busy.
            }
            await timer.WaitForNextTickAsync();
        }
        Assert.Fail($"waited in vain for: {what}. {System.Text.Json.JsonSerializer.Serialize(last)}\n{Log()}");
    }

    /// <summary>Waits until all of a linked directory is committed, fetched and written.</summary>
    public Task QuietAsync(long files) => UntilAsync($"{files} files, all quiet", status => IsQuiet(status) && status.Volumes.Sum(volume => volume.Files) == files);

    public static bool IsQuiet(NodeStatus status) => status.Volumes.Count > 0 && status.Volumes.All(volume =>
        volume.MissingContents == 0 && volume.Links.All(link => link.State == "watching" && link.PendingWrites == 0));

    public async Task<string> InviteAsync(string role = "writer")
    {
        var volume = (await Client.VolumesAsync(CancellationToken.None))[0];
        return (await Client.InviteAsync(volume.Id, new CreateTicket(role, 3600, []), CancellationToken.None)).Ticket;
    }

    public Task JoinAsync(string ticket, string directory, string space = "keep") => Client.JoinAsync(new JoinRequest(ticket, directory, space), CancellationToken.None);

    /// <summary>Kills the node without a word.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    public async Task RestartAsync()
    {
        process = Launch();
        await UntilUpAsync();
    }

    public async Task StopAsync()
    {
        await Client.StopAsync(CancellationToken.None);
        await process.WaitForExitAsync().WaitAsync(Limit);
        process.Dispose();
    }

    public string Log() => File.Exists(Home + ".log") ? File.ReadAllText(Home + ".log") : "";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
        catch (InvalidOperationException)
        {
            // Ended and released already.
        }
        Client.Dispose();
    }

    private static string FindRepository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "PeerDrive.slnx"))) return folder;
        }
        throw new InvalidOperationException("The tests run from a checkout.");
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = Repository };
        // The shell only points the output at a file and becomes the program: its process id is the node's. What it mounts is seen by all.
        foreach (var argument in new[] { "-c", $"exec {(space is null ? "" : $"nsenter --net=/run/netns/{space} ")}./peerdrive up --home \"$0\" \"$@\" >> \"$0.log\" 2>&1 < /dev/null", Home }.Concat(arguments)) start.ArgumentList.Add(argument);
        start.Environment["PEERDRIVE_ANNOUNCE"] = "off";
        if (isHidden) start.Environment["PEERDRIVE_LISTEN"] = "127.0.0.1";
        else start.Environment.Remove("PEERDRIVE_LISTEN");
        return Process.Start(start)!;
    }

    private Task UntilUpAsync() => UntilAsync("the node to be up", _ => true);
}
