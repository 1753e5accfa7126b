using System.Diagnostics;
using System.Globalization;
using System.Text;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Api;

/// <summary>Figures for a collector, in the text format of Prometheus (version 0.0.4), and whether the node is well.</summary>
internal static class MetricsRoute
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("metrics", new("Figures in Prometheus' text format.") { Media = "text/plain" }, call => call.TextAsync(Text(node), ContentType));
        api.Get("health", new("Whether the node is well.") { Media = "text/plain" }, call => call.TextAsync(node.Core.Volumes.Problems is [var problem, ..] ? $"degraded: {problem}\n" : "ok\n", "text/plain; charset=utf-8"));
    }

    private static string Text(PeerDriveNode node)
    {
        var core = node.Core;
        var text = new StringBuilder();
        using var process = Process.GetCurrentProcess();
        Write(text, "process_start_time_seconds", "gauge", "When the node started, in seconds since 1970.", [("", node.Started.ToUnixTimeSeconds())]);
        Write(text, "process_resident_memory_bytes", "gauge", "Memory of the node.", [("", process.WorkingSet64)]);
        Write(text, "process_cpu_seconds_total", "counter", "Time of processors that the node took.", [("", process.TotalProcessorTime.TotalSeconds)]);
        var peers = PeerViews.All(core);
        Write(text, "peerdrive_peer_online", "gauge", "Whether a device is online.", peers.Select(peer => (Labels(("device", peer.Device), ("name", peer.Name)), peer.IsOnline ? 1.0 : 0)));
        Write(text, "peerdrive_peer_sent_bytes_total", "counter", "Sent to a device.", peers.Select(peer => (Labels(("device", peer.Device)), (double)peer.BytesSent)));
        Write(text, "peerdrive_peer_received_bytes_total", "counter", "Received from a device.", peers.Select(peer => (Labels(("device", peer.Device)), (double)peer.BytesReceived)));
        var volumes = core.Volumes.Shown.Select(volume => VolumeViews.Of(core, volume)).Select(volume => (Labels: Labels(("volume", volume.Id), ("name", volume.Name)), Status: volume)).ToList();
        void OfVolumes(string name, string help, Func<Client.Contracts.VolumeStatus, double> value) => Write(text, name, "gauge", help, volumes.Select(volume => (volume.Labels, value(volume.Status))));
        OfVolumes("peerdrive_volume_files", "Files in a volume.", volume => volume.Files);
        OfVolumes("peerdrive_volume_bytes", "Bytes of its files.", volume => volume.Bytes);
        OfVolumes("peerdrive_volume_stored_bytes", "Bytes of it on this device.", volume => volume.StoredBytes);
        OfVolumes("peerdrive_volume_missing_contents", "Contents that are to come.", volume => volume.MissingContents);
        OfVolumes("peerdrive_volume_missing_changesets", "Changesets that are to come.", volume => volume.MissingChangesets);
        OfVolumes("peerdrive_volume_conflicts", "Documents in conflict.", volume => volume.Conflicts);
        OfVolumes("peerdrive_volume_in_sync", "Whether all that is known of is here.", volume => volume.IsInSync ? 1 : 0);
        Write(text, "peerdrive_jobs", "gauge", "Jobs by their state.", JobViews.All(core).GroupBy(job => job.State).Select(group => (Labels(("state", group.Key)), (double)group.Count())));
        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string type, string help, IEnumerable<(string Labels, double Value)> samples)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in samples) text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
    }

    private static string Labels(params (string Name, string Value)[] labels) => $"{{{string.Join(',', labels.Select(label => $"{label.Name}=\"{Escape(label.Value)}\""))}}}";

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
