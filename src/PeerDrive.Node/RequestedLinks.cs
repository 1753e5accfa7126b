using PeerDrive.Folders;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Links;

namespace PeerDrive.Node;

/// <summary>Links asked for when the node is started.</summary>
internal static class RequestedLinks
{
    /// <exception cref="PeerDriveException">Invalid: not <c>VOLUME[:/FOLDER]=DIRECTORY</c>. Otherwise as linking.</exception>
    public static async Task AddAsync(NodeCore core, IReadOnlyList<string> requests, CancellationToken cancellation)
    {
        foreach (var request in requests)
        {
            var at = request.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new PeerDriveException(ErrorKind.Invalid, $"'{request}': write a link as VOLUME[:/FOLDER]=DIRECTORY.");
            var place = request[..at].Split(':', 2);
            var directory = Path.GetFullPath(request[(at + 1)..]);
            if (core.Links.All.Any(link => link.Settings.Directory == directory)) continue;
            await core.Links.AddAsync(
                core.Volumes.Require(place[0]), place.ElementAtOrDefault(1) ?? "/", directory, SpaceMode.Keep, [], force: false, cancellation).ConfigureAwait(false);
        }
    }
}
