using System.Globalization;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>How far a job is, in words.</summary>
internal static class JobText
{
    private const int BarCells = 24;

    public static bool IsRunning(JobStatus job) => job.State == "running";

    /// <summary>As a line: import /pictures: 40 % (1,200 of 3,000 files).</summary>
    public static string Line(JobStatus job) => $"{job.Kind} {job.Title}: {Progress(job)}";

    /// <summary>How far it is, or how it ended.</summary>
    public static string Progress(JobStatus job) => job.State switch
    {
        "cancelled" => $"cancelled, {Amount(job.Done, job.Unit)}",
        "paused" => $"paused, {Share(job) switch { { } share => $"{(int)(share * 100)} % of {Amount(job.Total, job.Unit)}", _ => Amount(job.Done, job.Unit) }}",
        "failed" => $"failed: {job.Problem ?? "no reason given"}",
        "done" => $"done, {Amount(job.Done, job.Unit)}",
        _ when Share(job) is { } share => $"{(int)(share * 100)} % ({Amount(job.Done, "", job.Unit)} of {Amount(job.Total, job.Unit)}{Rate(job)})",
        _ => $"{Amount(job.Done, job.Unit)}{Rate(job)}",
    };

    /// <summary>A bar of # and ., empty when the end is not known.</summary>
    public static string Bar(JobStatus job)
    {
        if (Share(job) is not { } share) return "";
        var full = (int)(share * BarCells);
        return $"[{new string('#', full)}{new string('.', BarCells - full)}]";
    }

    /// <summary>Between 0 and 1; null when the end is not known.</summary>
    public static double? Share(JobStatus job) => job.Total > 0 ? Math.Clamp((double)job.Done / job.Total, 0, 1) : null;

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Rate(JobStatus job) => job.PerSecond <= 0 ? "" : $", {Amount(job.PerSecond, job.Unit)}/s{Left(job)}";

    private static string Left(JobStatus job) => job.SecondsLeft is { } seconds and > 0 ? $", {RelativeTime.Span(TimeSpan.FromSeconds(seconds))} left" : "";

    private static string Amount(long amount, string shownUnit, string? unit = null) =>
        (unit ?? shownUnit) == "bytes" ? ByteSize.Show(amount) : $"{Count(amount)} {shownUnit}".TrimEnd();
}
