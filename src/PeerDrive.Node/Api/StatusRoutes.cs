using System.Diagnostics;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Api;

/// <summary>The node as a whole: status, peers, jobs, stop.</summary>
internal static class StatusRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("status", new("What the node is and does.") { Answers = typeof(NodeStatus) }, call => call.AnswerAsync(Status(node)));
        api.Get("peers", new("Devices that this node knows.") { Answers = typeof(IReadOnlyList<PeerStatus>) }, call => call.AnswerAsync(PeerViews.All(node.Core)));
        api.Post("stop", new("Stops the node."), call =>
        {
            node.AskToStop();
            return call.DoneAsync();
        });
    }

    private static NodeStatus Status(PeerDriveNode node)
    {
        var core = node.Core;
        var peers = PeerViews.All(core);
        using var process = Process.GetCurrentProcess();
        return new NodeStatus(
            typeof(PeerDriveNode).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
            Environment.ProcessId,
            core.Home.Path,
            DeviceIdText.Format(core.Identity.Device.Device),
            core.Identity.Device.Certificate.Name,
            core.Identity.PersonCertificate.Person.ToHex(),
            core.Identity.PersonCertificate.Name,
            core.Addresses.Port,
            [.. core.Addresses.All().Select(address => address.ToString())],
            node.Started,
            process.WorkingSet64,
            (long)process.TotalProcessorTime.TotalMilliseconds,
            peers.Sum(peer => peer.BytesSent),
            peers.Sum(peer => peer.BytesReceived),
            [.. core.Volumes.Shown.Select(volume => VolumeViews.Of(core, volume))],
            peers,
            JobViews.All(core))
        {
            Mount = MountRoutes.Of(core.Mount),
            Paused = core.Pauses.Status,
            Problems = core.Volumes.Problems,
        };
    }
}
