using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Links;

namespace PeerDrive.Node.Views;

/// <summary>Linked folders as the API shows them.</summary>
internal static class LinkViews
{
    /// <summary>What may be lost in a linked folder; null where nothing is.</summary>
    public static string? RiskOf(OpenLink link) => link.Settings.Space == SpaceMode.Lean ? $"Its risk: {LinkRoster.LeanRisk}" : null;

    public static LinkStatus Of(OpenLink link)
    {
        var state = link.Folder?.State;
        return new LinkStatus(
            link.Settings.Id.ToHex(),
            link.Volume.Name,
            link.Settings.Folder == EntryId.Root ? "/" : link.Volume.Reader.PathOf(link.Settings.Folder),
            link.Settings.Directory,
            link.Settings.Space == SpaceMode.Lean ? "lean" : "keep",
            state?.Phase switch
            {
                LinkPhase.Scanning => "scanning",
                LinkPhase.Watching => "watching",
                LinkPhase.Paused => "paused",
                _ => "stopped",
            },
            state?.Files ?? 0,
            state?.PendingWrites ?? 0,
            link.Problem ?? state?.Problem,
            [.. link.Settings.Ignore]);
    }
}
