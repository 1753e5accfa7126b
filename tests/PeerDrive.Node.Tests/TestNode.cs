using System.Net;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node.Tests;

/// <summary>A real node in a home of its own on the loopback interface, with a client.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private readonly DirectoryInfo root;
    private readonly bool ownsRoot;

    private TestNode(DirectoryInfo root, bool ownsRoot, string home, PeerDriveNode node)
    {
        this.root = root;
        this.ownsRoot = ownsRoot;
        Home = home;
        Node = node;
        Client = new PeerDriveClient(node.SocketPath, TimeSpan.FromSeconds(60));
    }

    public string Home { get; }

    /// <summary>A directory beside the home that goes away with the node.</summary>
    public string Beside => root.FullName;

    public PeerDriveNode Node { get; }

    public PeerDriveClient Client { get; }

    public static async Task<TestNode> StartAsync(string name = "Ada", string? home = null, Func<NodeOptions, NodeOptions>? change = null)
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var place = home ?? Path.Combine(root.FullName, "home");
        return new TestNode(root, true, place, await PeerDriveNode.StartAsync((change ?? (options => options))(Options(place, name)), CancellationToken.None));
    }

    public static NodeOptions Options(string home, string name = "Ada") =>
        new(home, null, [], AnnounceMode.Off, name, name + "'s laptop") { Listen = IPAddress.Loopback };

    /// <summary>What a request is refused with.</summary>
    public static async Task<Problem> ProblemAsync(Func<Task> request) => (await Assert.ThrowsAsync<PeerDriveProblemException>(request)).Problem;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Node.DisposeAsync();
        if (ownsRoot) root.Delete(recursive: true);
    }
}
