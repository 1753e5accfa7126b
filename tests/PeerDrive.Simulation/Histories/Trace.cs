using System.Security.Cryptography;
using System.Text;

namespace PeerDrive.Simulation.Histories;

/// <summary>What happened, as one hash; with the lines themselves when they are wanted.</summary>
internal sealed class Trace(bool keepsLines)
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public void Add(string line)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(line));
        if (keepsLines) lines.Add(line);
    }

    public string Digest() => Convert.ToHexString(hash.GetCurrentHash())[..16];
}
