using System.Globalization;
using System.Net;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd.Mounts;

namespace PeerDrive.EndToEnd;

/// <summary>
/// One large file on some devices, and a device that has it mounted and nothing of it: it reaches each of the others through a link of 20 Mbit/s and
/// 25 ms one way, and in no other way, as it is in a network namespace of its own.
/// </summary>
internal sealed class RemoteFilm : IAsyncDisposable
{
    /// <summary>Of a link, in each direction: 20 Mbit/s.</summary>
    public const long BytesPerSecond = 2_500_000;

    /// <summary>There and back: 50 ms.</summary>
    public static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private readonly Namespaces spaces;
    private readonly Directories directories;
    private readonly List<RunningNode> sources = [];
    private readonly List<SlowLink> links = [];

    private RemoteFilm(Namespaces spaces, Directories directories)
    {
        this.spaces = spaces;
        this.directories = directories;
    }

    /// <summary>Devices that hold the file, each behind its own link.</summary>
    public IReadOnlyList<RunningNode> Sources => sources;

    public IReadOnlyList<SlowLink> Links => links;

    /// <summary>Bytes that came through all links.</summary>
    public long Carried => links.Sum(link => link.Carried);

    public MountedNode Viewer { get; private set; } = null!;

    public string Volume { get; private set; } = "";

    /// <summary>Where the file is on the first of the devices that hold it.</summary>
    public string Original => System.IO.Path.Combine(directories.Root, "Files", "film");

    /// <summary>Where the file is in the mount.</summary>
    public string Path => System.IO.Path.Combine(Viewer.Files, "film");

    /// <returns>Null, and why is said, where this user or machine can make no namespace or mount nothing.</returns>
    /// <param name="make">Writes the file.</param>
    public static async Task<RemoteFilm?> TryStartAsync(int count, Action<string> make)
    {
        if (!File.Exists("/dev/fuse"))
        {
            Console.WriteLine("skipped: there is no /dev/fuse here");
            return null;
        }
        if (Namespaces.TryMake(1) is not { } spaces) return null;
        var film = new RemoteFilm(spaces, new Directories());
        try
        {
            await film.StartAsync(count, make);
            return film;
        }
        catch
        {
            await film.DisposeAsync();
            throw;
        }
    }

    /// <summary>The viewer is told of one more device that holds the file, and is connected to it.</summary>
    public async Task ConnectAsync(int source)
    {
        var ticket = await sources[source].Client.InviteAsync(Volume, new CreateTicket("writer", 3600, [links[source].EndPoint.ToString()]), CancellationToken.None);
        await Viewer.Node.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep") { Policy = "metadata" }, CancellationToken.None);
        await Viewer.Node.UntilAsync("one more source", status => File.Exists(Path) && status.Volumes is [{ Files: 1, MissingChangesets: 0 }]
            && status.Peers.Count(peer => peer is { IsConnected: true, Volumes.Count: > 0 }) == source + 1);
    }

    /// <summary>Nothing of the file is here any more, neither with the node nor with the kernel.</summary>
    public async Task ForgetAsync()
    {
        await Viewer.Node.Client.FreeAsync(Volume, new PathRequest("/film", null), CancellationToken.None);
        Viewer.Sh("dd if=$M/film iflag=nocache count=0 status=none");
    }

    /// <summary>Bytes that a reader of the file's beginning has to wait for: the list of its chunks, and the first of them.</summary>
    public long FirstBytes()
    {
        var catalog = Directory.GetFiles(sources[0].Home, "catalog.db", SearchOption.AllDirectories).Single();
        const string raw = "FROM chunks WHERE pack IN (SELECT pack FROM packs WHERE raw = 1)";
        var text = Directories.Run("sqlite3", "-readonly", catalog, $"SELECT 40 * count(*) + (SELECT stored {raw} ORDER BY offset LIMIT 1) {raw}");
        return long.Parse(text, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (Viewer is not null) await Viewer.DisposeAsync();
        foreach (var link in links) await link.DisposeAsync();
        foreach (var source in sources) await source.DisposeAsync();
        spaces.Dispose();
        directories.Dispose();
    }

    private async Task StartAsync(int count, Action<string> make)
    {
        var folder = directories.New("Files");
        make(System.IO.Path.Combine(folder, "film"));
        for (var i = 0; i < count; i++)
        {
            var source = await RunningNode.StartAsync(directories.Path($"source{i}"), ["--no-mount", "--name", $"source{i}", .. i == 0 ? new[] { "--link", folder } : []]);
            sources.Add(source);
            if (i > 0) await source.Client.JoinAsync(new JoinRequest(await sources[0].InviteAsync("owner"), null, "keep"), CancellationToken.None);
            await source.UntilAsync("the film to be there", status => status.Volumes is [{ Files: 1, AbsentContents: 0, Role: "owner" }] && RunningNode.IsQuiet(status));
            var port = (await source.Client.StatusAsync(CancellationToken.None)).Port;
            links.Add(new SlowLink(new IPEndPoint(IPAddress.Loopback, port), RoundTrip / 2, BytesPerSecond, spaces.Host));
        }
        Volume = (await sources[0].Client.VolumesAsync(CancellationToken.None))[0].Id;
        Viewer = await MountedNode.StartHiddenInAsync(spaces.Name(0), "--name", "viewer");
    }
}
