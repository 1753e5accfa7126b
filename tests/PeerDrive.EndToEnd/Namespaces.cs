using System.Net;

namespace PeerDrive.EndToEnd;

/// <summary>Network namespaces of a test on one bridge, each with an address of its own; removed at the end. Needs root.</summary>
internal sealed class Namespaces : IDisposable
{
    private readonly string prefix = $"pd{Environment.ProcessId % 100_000}";
    private readonly string bridge;
    private readonly int count;

    private readonly int subnet = Environment.ProcessId % 256;

    private Namespaces(int count)
    {
        bridge = prefix + "b";
        this.count = count;
    }

    /// <returns>Null, and why is said, where this user or machine cannot make any.</returns>
    public static Namespaces? TryMake(int count)
    {
        if (Environment.UserName != "root" && Directories.Run("id", "-u").Trim() != "0")
        {
            Console.WriteLine("skipped: network namespaces need root");
            return null;
        }
        var made = new Namespaces(count);
        if (made.Build() is not { Length: > 0 } problem) return made;
        made.Dispose();
        Console.WriteLine($"skipped: no network namespaces here: {problem}");
        return null;
    }

    /// <summary>What all their addresses begin with.</summary>
    public string Subnet => $"10.213.{subnet}.";

    /// <summary>This machine, as it is seen from them.</summary>
    public IPAddress Host => IPAddress.Parse($"{Subnet}254");

    public string Name(int index) => $"{prefix}n{index}";

    /// <summary>Cuts a namespace off from the others, or connects it again.</summary>
    public void SetLink(int index, bool isUp) => Assert.Equal("", Ip($"link set {Outer(index)} {(isUp ? "up" : "down")}"));

    public void Dispose()
    {
        for (var i = 0; i < count; i++) Ip($"netns delete {Name(i)}");
        // The pairs went with the namespaces.
        Ip($"link delete {bridge}");
    }

    private string Outer(int index) => $"{prefix}v{index}";

    private string Build()
    {
        var problem = Ip($"link add {bridge} type bridge") + Ip($"address add {Host}/24 dev {bridge}") + Ip($"link set {bridge} up");
        for (var i = 0; i < count && problem.Length == 0; i++)
        {
            problem += Ip($"netns add {Name(i)}") + Ip($"link add {Outer(i)} type veth peer name eth0 netns {Name(i)}") + Ip($"link set {Outer(i)} master {bridge} up")
                + Ip($"-n {Name(i)} address add {Subnet}{i + 1}/24 dev eth0") + Ip($"-n {Name(i)} link set lo up") + Ip($"-n {Name(i)} link set eth0 up");
        }
        return problem;
    }

    private static string Ip(string arguments) => Directories.Run("ip", arguments.Split(' '));
}
