namespace PeerDrive.Cli.Rendering;

/// <summary>The beginning of an id: enough to tell revisions and devices apart, and accepted by every command.</summary>
internal static class ShortId
{
    private const int Length = 12;

    public static string Show(string id) => id.Length <= Length ? id : id[..Length];

    /// <summary>The first group of a DeviceId.</summary>
    public static string Device(string device) => device.IndexOf('-', StringComparison.Ordinal) is var end and > 0 ? device[..end] : Show(device);
}
