using Microsoft.Extensions.Logging;

namespace PeerDrive.Node;

/// <summary>All messages of the node's log. None holds a secret.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "Device {Device} of {Person} runs in {Home}; peers reach it at port {Port}, clients at {Socket}")]
    public static partial void Started(this ILogger log, string device, string person, string home, int port, string socket);

    [LoggerMessage(2, LogLevel.Information, "Stopping")]
    public static partial void Stopping(this ILogger log);

    [LoggerMessage(3, LogLevel.Warning, "Port {Port}, which peers know, is in use; listening at {Other}")]
    public static partial void PortTaken(this ILogger log, int port, int other);

    [LoggerMessage(4, LogLevel.Warning, "This machine does not let the node listen for announcements on the local network")]
    public static partial void CannotAnnounce(this ILogger log);

    [LoggerMessage(5, LogLevel.Information, "Volume {Name} is open ({Id})")]
    public static partial void VolumeOpened(this ILogger log, string name, string id);

    [LoggerMessage(6, LogLevel.Error, "Volume {Id} cannot be opened: {Problem}")]
    public static partial void VolumeFailed(this ILogger log, string id, string problem);

    [LoggerMessage(60, LogLevel.Error, "Volume {Name} cannot be searched: {Problem}")]
    public static partial void SearchFailed(this ILogger log, string name, string problem);

    [LoggerMessage(7, LogLevel.Warning, "Volume {Name}: a torn record of {Bytes} bytes was cut from the end of the log")]
    public static partial void LogCut(this ILogger log, string name, long bytes);

    [LoggerMessage(8, LogLevel.Error, "The link of {Directory} cannot be opened: {Problem}")]
    public static partial void LinkFailed(this ILogger log, string directory, string problem);

    [LoggerMessage(9, LogLevel.Error, "A request failed: {Method} {Path}")]
    public static partial void RequestFailed(this ILogger log, Exception e, string method, string path);

    [LoggerMessage(10, LogLevel.Debug, "{Method} {Path}: {Kind}: {Problem}")]
    public static partial void RequestRefused(this ILogger log, string method, string path, string kind, string problem);

    [LoggerMessage(11, LogLevel.Error, "{Kind} of {Title} failed")]
    public static partial void JobFailed(this ILogger log, Exception e, string kind, string title);

    [LoggerMessage(12, LogLevel.Error, "A part of the node did not end cleanly")]
    public static partial void StopFailed(this ILogger log, Exception e);

    [LoggerMessage(14, LogLevel.Error, "An operation of the mount failed")]
    public static partial void MountOperationFailed(this ILogger log, Exception e);

    [LoggerMessage(15, LogLevel.Warning, "The drive is not mounted: {Problem}")]
    public static partial void NotMounted(this ILogger log, string problem);

    [LoggerMessage(16, LogLevel.Warning, "The mount cannot read something: {Problem}")]
    public static partial void MountCannotRead(this ILogger log, string problem);

    [LoggerMessage(30, LogLevel.Warning, "{Kind} of {Title} is over, which could not be noted: {Problem}")]
    public static partial void CannotForget(this ILogger log, string kind, string title, string problem);

    [LoggerMessage(50, LogLevel.Warning, "Old versions of {Volume} were not looked through: {Problem}")]
    public static partial void RetentionFailed(this ILogger log, string volume, string problem);

    [LoggerMessage(40, LogLevel.Warning, "Offers of {Group}: {Problem}")]
    public static partial void OfferFailed(this ILogger log, string group, string problem);

    [LoggerMessage(13, LogLevel.Warning, "Peers' addresses could not be remembered: {Problem}")]
    public static partial void CannotRemember(this ILogger log, string problem);

    [LoggerMessage(17, LogLevel.Information, "Peers reach this node by IPv4 only: {Problem}")]
    public static partial void NoVersion6(this ILogger log, string problem);

    [LoggerMessage(61, LogLevel.Warning, "The web page is not served: {Problem}")]
    public static partial void NoPage(this ILogger log, string problem);

    [LoggerMessage(40, LogLevel.Information, "Volume {Name}: the checkpoint of {Device} is verified; the history makes the same tree")]
    public static partial void CheckpointVerified(this ILogger log, string name, string device);

    [LoggerMessage(41, LogLevel.Warning, "Volume {Name}: the checkpoint of {Device} is wrong and was dropped: {Why}")]
    public static partial void CheckpointWrong(this ILogger log, string name, string device, string why);

    [LoggerMessage(42, LogLevel.Warning, "Programs that watch directories of the mount are not told of what comes from other devices any more: {Problem}")]
    public static partial void ChangesNotTold(this ILogger log, string problem);

    [LoggerMessage(50, LogLevel.Warning, "Volume {Name}: files are not read for fields for now: {Problem}")]
    public static partial void ExtractionFailed(this ILogger log, string name, string problem);

    [LoggerMessage(60, LogLevel.Warning, "The rule from {Source} to {Target} did not come to its end: {Problem}")]
    public static partial void RuleFailed(this ILogger log, Exception? e, string source, string target, string problem);
}
