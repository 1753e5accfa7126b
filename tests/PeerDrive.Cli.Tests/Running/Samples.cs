using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Running;

/// <summary>Records as a node would give them.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RevisionStatus Revision(string id, int minute, params string[] parents) => new(
        id, "document", parents, "file", 10, "-rw-r--r--", Time.AddMinutes(minute), Time.AddMinutes(minute), "laptop", "Ann", "",
        IsHead: false, IsShown: false, IsMerge: parents.Length > 1, IsHere: true);

    public static ChangeStatus Change(string kind, RevisionStatus? revision = null, string path = "/a", string? from = null) => new(
        "changeset", Time, "laptop", "Ann", kind, path, from, "entry", "document", IsFolder: false, revision?.Comment ?? "", revision);

    public static VolumeStatus Volume(string name, params LinkStatus[] links) => new(
        "ID-" + name, name, "owner", 1_234, 5, 3 << 20, 4 << 20, 0, 0, 0, 0, IsInSync: true, links, []);

    public static LinkStatus Link(string directory) => new("link1", "ID-Work", "/", directory, "keep", "watching", 1_234, 0, null, []);

    public static NodeStatus Node(params VolumeStatus[] volumes) => new(
        "0.1.0", int.MaxValue, "/home/ann/.local/share/peerdrive", "ABCDEFG-HIJKLMN", "laptop", "person", "Ann", 22_067, [], Time, 50 << 20, 10,
        1_000, 2_000, volumes, [], []);

    public static JobStatus Job(string state, long done, long total, string unit = "files") =>
        new("job1", "import", "/data", state, done, total, unit, Time, state == "failed" ? "the disk is full" : null);
}
