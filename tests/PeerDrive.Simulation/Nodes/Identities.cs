using System.Security.Cryptography;
using PeerDrive.Model.Identity;

namespace PeerDrive.Simulation.Nodes;

/// <summary>
/// Two persons and their devices, the same in every run, as their certificates go into what is hashed: six devices of the first, then
/// three of the second.
/// </summary>
internal static class Identities
{
    private const int FirstDevices = 6, SecondDevices = 3;

    public static PersonCertificate[] Persons { get; } = new PersonCertificate[2];

    public static DeviceKey[] Devices { get; } = new DeviceKey[FirstDevices + SecondDevices];

    static Identities()
    {
        using var stream = typeof(Identities).Assembly.GetManifestResourceStream("identities.pem")!;
        using var text = new StreamReader(stream);
        var blocks = new List<string>();
        ReadOnlySpan<char> rest = text.ReadToEnd();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add(rest[fields.Location].ToString());
            rest = rest[fields.Location.End..];
        }
        var at = 0;
        for (var i = 0; i < blocks.Count; i += 2)
        {
            var der = Convert.FromBase64String(string.Concat(blocks[i + 1].Split('\n').Where(line => !line.StartsWith('-'))));
            if (i is 0 or 2 * (1 + FirstDevices))
            {
                Persons[i == 0 ? 0 : 1] = PersonCertificate.Decode(der);
                continue;
            }
            var key = ECDsa.Create();
            key.ImportFromPem(blocks[i]);
            Devices[at++] = new DeviceKey(key, DeviceCertificate.Decode(der));
        }
    }

    /// <summary>The person that a device belongs to.</summary>
    public static PersonCertificate PersonOf(int device) => Persons[device < FirstDevices ? 0 : 1];
}
