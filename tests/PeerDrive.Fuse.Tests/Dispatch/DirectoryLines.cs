using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>Reads a directory as the kernel does.</summary>
internal static class DirectoryLines
{
    public static IEnumerable<(string Name, ulong NextOffset)> Parse(byte[] body, bool withEntries)
    {
        for (var at = 0; at < body.Length;)
        {
            if (withEntries)
            {
                var entry = MemoryMarshal.Read<Outgoing.Entry>(body.AsSpan(at));
                Assert.True(entry.Node >= 100, "Each line has its node.");
                at += Unsafe.SizeOf<Outgoing.Entry>();
            }
            var line = MemoryMarshal.Read<Outgoing.DirectoryLine>(body.AsSpan(at));
            Assert.Equal(8u, line.Type);
            yield return (Encoding.UTF8.GetString(body, at + 24, (int)line.NameLength), line.NextOffset);
            at += (24 + (int)line.NameLength + 7) / 8 * 8;
        }
    }
}
