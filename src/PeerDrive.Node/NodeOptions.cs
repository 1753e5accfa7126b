using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Extraction;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node;

/// <summary>What a node is started with.</summary>
/// <param name="Home">The data directory; made when it is missing.</param>
/// <param name="Port">TCP port for peers; null: the one used before, or any free one. 0: any free one.</param>
/// <param name="Links">Directories to be linked, each as <c>VOLUME[:/FOLDER]=DIRECTORY</c>; those that are linked already stay as they are.</param>
/// <param name="PersonName">Name of a person made at the first start.</param>
/// <param name="DeviceName">Name of a device made at the first start.</param>
public sealed record NodeOptions(
    string Home, int? Port, IReadOnlyList<string> Links, AnnounceMode Announce, string PersonName, string DeviceName)
{
    public const string ListenVariable = "PEERDRIVE_LISTEN";

    /// <summary>Where the drive is mounted: a directory; empty: nowhere. Null: where it was last, if anywhere.</summary>
    public string? Mount { get; init; }

    /// <summary>Where the page and the API are served over TCP: a port, a loopback address, or <c>off</c>. Null: where they were last, or usually are.</summary>
    public string? Web { get; init; }

    /// <summary>Where the page is served for other devices besides, with TLS and a password: a port, or an address and a port; null: nowhere.</summary>
    public string? WebRemote { get; init; }

    /// <summary>Where the drive is mounted when nobody has said yet; null: nowhere.</summary>
    public string? UsualMount { get; init; }

    /// <summary>The program that this is, which runs as further processes too; null: there is none to start.</summary>
    public string? Program { get; init; }

    /// <summary>What others offer is not brought here, and no common tree is shown.</summary>
    public bool ServesOnly { get; init; }

    /// <summary>Nothing is offered, also not what was before.</summary>
    public bool ViewsOnly { get; init; }

    /// <summary>Which contents of volumes joined from now on are to be here: <c>full</c>, <c>metadata</c> or <c>cache:100MB</c>. Null: as it was.</summary>
    public string? Policy { get; init; }

    /// <summary>The program, with its arguments, that reads files for fields; null: none are read.</summary>
    public IReadOnlyList<string>? ExtractWorker { get; init; }

    /// <summary>How long one file may be read for fields; null: as usual.</summary>
    internal ExtractionTimes? ExtractionTimes { get; init; }

    /// <summary>The one address to listen at and to name in tickets; null: every address. PEERDRIVE_LISTEN unless it is set here.</summary>
    /// <exception cref="PeerDriveException">Invalid: the variable is no IP address.</exception>
    public IPAddress? Listen { get; init; } = ParseListen(Environment.GetEnvironmentVariable(ListenVariable));

    /// <summary>Further addresses and names at which peers may reach this node, told to members: behind a router, or by a name. A port may follow.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    private static IPAddress? ParseListen(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return IPAddress.TryParse(text, out var address) ? address : throw new PeerDriveException(ErrorKind.Invalid, $"{ListenVariable} is an IP address such as 127.0.0.1, not '{text}'.");
    }
}
