using System.Net;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Recovery;
using PeerDrive.Node.Views;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Node.Api;

/// <summary>Makes this node's person an owner of what a recovery key owns.</summary>
internal static class RecoverRoute
{
    private const int MaxPeers = 16;

    public static void Map(ApiRoutes api, PeerDriveNode node) => api.Post("recover", new("Makes this device's person an owner by a recovery key.") { Takes = typeof(RecoverRequest), Answers = typeof(IReadOnlyList<RecoverStatus>) }, call => RunAsync(call, node.Core));

    private static async Task RunAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<RecoverRequest>().ConfigureAwait(false);
        if (request.From.Count > MaxPeers) throw new PeerDriveException(ErrorKind.LimitExceeded, $"At most {MaxPeers} devices can be named.");
        var from = request.From.Select(Parse).ToList();
        var only = request.Volume is { Length: > 0 } named ? core.Volumes.Require(named) : null;
        using var key = RecoveryKey.Parse(request.Key);
        var recovery = new VolumeRecovery(core, key);
        await using (recovery.ConfigureAwait(false))
        {
            var recovered = await core.Jobs.RunAsync(
                new KeptJob("recover", only?.Name ?? "volumes", "peerdrive volume recover"), "volumes", (_, cancellation) => recovery.RunAsync(only, from, cancellation)).ConfigureAwait(false);
            await call.AnswerAsync<IReadOnlyList<RecoverStatus>>([.. recovered.Select(volume => new RecoverStatus(
                volume.Volume.Id.ToHex(), volume.Volume.Name, VolumeViews.RoleText(volume.Volume.OwnRole), volume.IsNew,
                [.. volume.Told.Select(volume.Volume.Members.DeviceName)]))]).ConfigureAwait(false);
        }
    }

    private static (DeviceId Device, IPEndPoint Address) Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && DeviceIdText.TryParse(text[..at], out var device) && IPEndPoint.TryParse(text[(at + 1)..], out var address) && address.Port != 0) return (device, address);
        throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is not DEVICE@ADDRESS:PORT; 'peerdrive status' on the other device shows its id, and its address.");
    }
}
