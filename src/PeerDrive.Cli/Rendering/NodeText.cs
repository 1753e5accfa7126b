using System.Globalization;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>Volumes, links, peers and jobs as tables for people.</summary>
internal static class NodeText
{
    public static void WriteVolumes(TextWriter output, IReadOnlyList<VolumeStatus> volumes, string indent = "")
    {
        var table = new TextTable("VOLUME", "ROLE", ">FILES", ">SIZE", ">STORED", "STATE");
        foreach (var volume in volumes)
        {
            table.Add(
                volume.Name, volume.Role, JobText.Count(volume.Files), ByteSize.Show(volume.Bytes), ByteSize.Show(volume.StoredBytes), State(volume));
        }
        table.WriteTo(output, indent);
    }

    public static void WriteLinks(TextWriter output, IEnumerable<(VolumeStatus Volume, LinkStatus Link)> links, string indent = "")
    {
        var table = new TextTable("DIRECTORY", "VOLUME", ">FILES", ">TO WRITE", "SPACE", "STATE");
        foreach (var (volume, link) in links)
        {
            var place = link.Folder == "/" ? volume.Name : $"{volume.Name}:{link.Folder}";
            var state = link.Problem is null ? link.State : $"{link.State}: {link.Problem}";
            table.Add(link.Directory, place, JobText.Count(link.Files), JobText.Count(link.PendingWrites), link.Space, state);
        }
        table.WriteTo(output, indent);
    }

    public static void WritePeers(TextWriter output, IReadOnlyList<PeerStatus> peers, DateTimeOffset now, string indent = "")
    {
        var table = new TextTable("DEVICE", "ID", "PERSON", "STATE", "ADDRESS", ">SENT", ">RECEIVED");
        foreach (var peer in peers)
        {
            table.Add(
                peer.Name, ShortId.Device(peer.Device), peer.PersonName, State(peer, now), peer.Address ?? "", ByteSize.Show(peer.BytesSent),
                ByteSize.Show(peer.BytesReceived));
        }
        table.WriteTo(output, indent);
    }

    /// <summary>What each peer is in each volume that it shares with this node.</summary>
    public static void WriteShares(TextWriter output, IReadOnlyList<PeerStatus> peers)
    {
        var table = new TextTable("DEVICE", "VOLUME", "ROLE", "POLICY", "STATE");
        foreach (var peer in peers)
        {
            foreach (var share in peer.Shares) table.Add(peer.Name, share.Name, share.Role, share.Policy ?? "", State(share));
        }
        if (table.IsEmpty) return;
        output.WriteLine();
        table.WriteTo(output);
    }

    /// <summary>What is wrong with volumes and with the node, a line each; nothing when nothing is.</summary>
    public static void WriteProblems(TextWriter output, IEnumerable<VolumeStatus> volumes, IEnumerable<string> others)
    {
        foreach (var problem in others) output.WriteLine($"Problem: {problem}");
        foreach (var volume in volumes)
        {
            foreach (var problem in volume.Problems) output.WriteLine($"Problem: {volume.Name}: {problem}");
        }
    }

    public static void WriteJobs(TextWriter output, IReadOnlyList<JobStatus> jobs, DateTimeOffset now, string indent = "")
    {
        var table = new TextTable("ID", "JOB", "OF", "STARTED", "STATE");
        foreach (var job in jobs) table.Add(job.Id, job.Kind, job.Title, RelativeTime.Show(job.Started, now), $"{JobText.Bar(job)} {JobText.Progress(job)}".TrimStart());
        table.WriteTo(output, indent);
        foreach (var job in jobs.Where(job => job.Problem is not null && JobText.IsRunning(job))) output.WriteLine($"{indent}{job.Id}: {job.Problem}");
        foreach (var job in jobs)
        {
            foreach (var path in job.Skipped) output.WriteLine($"{indent}{job.Id} left out {path}");
        }
    }

    /// <summary>What is paused, and how to resume it; null: nothing.</summary>
    public static string? PausedLine(PauseStatus paused)
    {
        if (paused.All) return "All exchange is paused; go on with: peerdrive resume";
        var parts = new List<string>();
        if (paused.Volumes.Count > 0) parts.Add($"the exchange of {string.Join(", ", paused.Volumes)}");
        if (paused.Fetches.Count > 0) parts.Add($"the fetching of {string.Join(", ", paused.Fetches)}");
        return parts.Count == 0 ? null : $"Paused: {string.Join("; ", parts)}. Go on with: peerdrive resume [VOLUME]";
    }

    public static string State(VolumeStatus volume)
    {
        var parts = new List<string>
        {
            volume.MissingContents > 0
                ? $"{JobText.Count(volume.MissingContents)} contents ({ByteSize.Show(volume.MissingBytes)}) to fetch"
                : volume.MissingChangesets > 0 ? $"{JobText.Count(volume.MissingChangesets)} changes to fetch" : volume.IsInSync ? "in sync" : "syncing",
        };
        if (volume.Checkpoint is { } checkpoint)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"showing a checkpoint of {checkpoint.Device} of {checkpoint.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; history {Math.Floor(checkpoint.Progress * 100)} %"));
        if (volume.Policy != "full") parts.Add(volume.Policy);
        if (volume.Conflicts > 0) parts.Add($"{volume.Conflicts} in conflict");
        if (volume.Drafts > 0) parts.Add($"{volume.Drafts} drafts");
        return string.Join(", ", parts);
    }

    private static string State(PeerShareStatus share)
    {
        if (share.IsInStep is not { } isInStep) return "";
        if (isInStep) return "in step";
        var parts = new List<string>();
        if (share.Behind > 0) parts.Add($"{JobText.Count(share.Behind.Value)} changes behind");
        if (share.Ahead > 0) parts.Add($"{JobText.Count(share.Ahead.Value)} changes ahead");
        return parts.Count > 0 ? string.Join(", ", parts) : "not in step";
    }

    /// <summary>Which contents are to be here, and what is elsewhere only.</summary>
    public static string Policy(VolumeStatus volume)
    {
        var absent = volume.AbsentContents - volume.ThinnedContents;
        var thinned = volume.ThinnedContents == 0 ? "" : $"; {JobText.Count(volume.ThinnedContents)} ({ByteSize.Show(volume.ThinnedBytes)}) of old versions were let go";
        return absent <= 0
            ? $"Policy {volume.Policy}: all contents{(thinned.Length > 0 ? " that are kept" : "")} are here{thinned}"
            : $"Policy {volume.Policy}: {JobText.Count(absent)} contents ({ByteSize.Show(volume.AbsentBytes - volume.ThinnedBytes)}) are on other devices only{thinned}";
    }

    public static string DiskUse(DiskUseStatus use) =>
        $"{ByteSize.Show(use.Current)} current, {ByteSize.Show(use.History)} history, {ByteSize.Show(use.Trash)} trash, {ByteSize.Show(use.Reclaimable)} reclaimable";

    /// <summary>What the disk is used for, a line for each volume that was counted.</summary>
    public static void WriteDiskUse(TextWriter output, IEnumerable<VolumeStatus> volumes, string indent)
    {
        foreach (var volume in volumes)
        {
            if (volume.DiskUse is { } use) output.WriteLine($"{indent}{volume.Name} on disk: {DiskUse(use)}");
        }
    }

    /// <summary>How many copies contents are to have, and how many have too few.</summary>
    public static string Copies(VolumeStatus volume)
    {
        if (volume.Copies is not { } copies) return "Copies: no number is asked for";
        var counted = copies.IsCounted ? "" : "; still counting";
        var few = copies.FewContents == 0 ? "none that is here has fewer" : FewCopies(copies.FewContents, "contents", copies.FewBytes, copies.Wanted);
        var coming = copies.ComingContents == 0 ? "" : $", {JobText.Count(copies.ComingContents)} of them are under way";
        return $"Copies {copies.Wanted} on other devices: {few}{coming}{counted}";
    }

    /// <summary>A line for each volume of which some contents have too few copies.</summary>
    public static void WriteFewCopies(TextWriter output, IEnumerable<VolumeStatus> volumes, string indent)
    {
        foreach (var volume in volumes)
        {
            if (volume.Copies is not { FewContents: > 0 } copies) continue;
            var coming = copies.ComingContents == 0 ? "" : $"; {JobText.Count(copies.ComingContents)} ({ByteSize.Show(copies.ComingBytes)}) are under way";
            output.WriteLine($"{indent}{volume.Name}: {FewCopies(copies.FewContents, "contents", copies.FewBytes, copies.Wanted)}{coming}");
        }
    }

    public static string FewCopies(long count, string what, long bytes, int copies) =>
        $"{JobText.Count(count)} {(count == 1 ? what[..^1] : what)}, {ByteSize.Show(bytes)}, {(count == 1 ? "has" : "have")} fewer than {(copies == 1 ? "1 copy" : $"{copies} copies")} on other devices";

    private static string State(PeerStatus peer, DateTimeOffset now)
    {
        if (peer.IsConnected) return "online";
        if (peer.IsOnline) return peer.Via is { } via && via != peer.Name ? $"online through {via}" : "online";
        var seen = peer.LastSeen is { } last ? $"seen {RelativeTime.Show(last, now)}" : "not seen yet";
        return peer.LastProblem is null ? seen : $"{seen}: {peer.LastProblem}";
    }
}
