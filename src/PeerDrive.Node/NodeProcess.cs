using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Mounting.Telling;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node;

/// <summary>
/// A node as a program runs it in the foreground: plain values in, and the same <see cref="PeerDriveProblemException"/> out that a
/// client of the running node gets, so that a program needs to know neither model nor transport.
/// </summary>
public sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>The word by which the program becomes the process of <see cref="TellChanges"/>.</summary>
    public const string TellerWord = TellerProcess.Word;

    private readonly PeerDriveNode node;

    private NodeProcess(PeerDriveNode node) => this.node = node;

    public string SocketPath => node.SocketPath;

    /// <summary>Where the web page is; null: it is not served.</summary>
    public string? PageAddress => node.PageAddress;

    /// <summary>Where other devices find the page, and the SHA-256 fingerprint of its certificate; null: nowhere.</summary>
    public (string Address, string Fingerprint)? RemotePage => node.RemotePage;

    /// <param name="home">The data directory; made when it is missing.</param>
    /// <param name="port">TCP port for peers; null: the one used before, or any free one.</param>
    /// <param name="announce">off, lo or all; null or empty means all.</param>
    /// <param name="addresses">Further addresses and names at which peers may reach the node.</param>
    /// <param name="mount">Directory to mount the drive at; empty: none; null: where it was last.</param>
    /// <param name="usualMount">Directory to mount at when nobody has said yet where, if that can be done; null: none.</param>
    /// <param name="policy">Which contents of volumes joined from now on are to be here; null: as it was.</param>
    /// <param name="offers">serve: only offers of this node; view: only those of others; null: both.</param>
    /// <param name="web">Where the page is served: a port, a loopback address, or off; null: where it was last.</param>
    /// <param name="webRemote">Where it is served to other devices besides: a port, or an address and a port; null: nowhere.</param>
    /// <param name="extractWorker">The program, with its arguments, that reads files for fields; null: none are read.</param>
    /// <param name="personName">Name of a person made at the first start.</param>
    /// <param name="deviceName">Name of a device made at the first start.</param>
    /// <exception cref="PeerDriveProblemException">The node could not start; the message says what to do.</exception>
    public static Task<NodeProcess> StartAsync(
        string home, int? port, IReadOnlyList<string> addresses, string? announce, string? mount, string? usualMount, string? policy, string? offers, string? web, string? webRemote, IReadOnlyList<string>? extractWorker,
        string personName, string deviceName, CancellationToken cancellation) =>
        TranslateAsync(async () => new NodeProcess(await PeerDriveNode.StartAsync(
            new NodeOptions(home, port, [], AnnounceModes.Parse(announce), personName, deviceName) { Addresses = addresses, Mount = mount, UsualMount = usualMount, Policy = policy, ExtractWorker = extractWorker, ServesOnly = offers == "serve", ViewsOnly = offers == "view", Web = web, WebRemote = webRemote, Program = Environment.ProcessPath }, cancellation).ConfigureAwait(false)));

    /// <summary>Runs as the process beside a node that repeats in its mount what came from elsewhere; ends with the input.</summary>
    public static void TellChanges(Stream input, Stream output) => Teller.Run(input, output);

    /// <summary>Ends when the node was asked to stop by a client.</summary>
    /// <exception cref="PeerDriveProblemException">The node failed, and ended because of it.</exception>
    public Task WaitForStopAsync() => TranslateAsync(async () =>
    {
        await node.WaitForStopAsync().ConfigureAwait(false);
        return this;
    });

    public ValueTask DisposeAsync() => node.DisposeAsync();

    private static async Task<NodeProcess> TranslateAsync(Func<Task<NodeProcess>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveProblemException(new Problem(e.Kind.ToString(), e.Kind.Codes().Exit, e.Message), e);
        }
    }
}
