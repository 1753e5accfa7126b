using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Mounting;

namespace PeerDrive.Node.Api;

/// <summary>The mounted drive.</summary>
internal static class MountRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("mount", new("Where the volumes are mounted.") { Answers = typeof(MountStatus) }, call => call.AnswerAsync(Of(node.Core.Mount)));
        api.Post("mount", new("Mounts all volumes.") { Takes = typeof(MountRequest), Answers = typeof(MountStatus) }, async call =>
        {
            var request = await call.BodyAsync<MountRequest>().ConfigureAwait(false);
            if (request.Directory is { } directory && !Path.IsPathFullyQualified(directory)) throw new PeerDriveException(ErrorKind.Invalid, $"'{directory}' is no absolute path.");
            await node.Core.Mount.MountAsync(request.Directory).ConfigureAwait(false);
            await call.AnswerAsync(Of(node.Core.Mount)).ConfigureAwait(false);
        });
        api.Delete("mount", new("Ends the mount."), async call =>
        {
            await node.Core.Mount.UnmountAsync().ConfigureAwait(false);
            await call.DoneAsync().ConfigureAwait(false);
        });
    }

    public static MountStatus Of(DriveMount mount) => new(mount.Directory, mount.Pending, mount.Problem);
}
