using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse;

namespace PeerDrive.Node.Mounting;

/// <summary>Files that the kernel reads and writes by itself: all open files of a node go by one id for as long as there are any. Thread-safe.</summary>
internal sealed class BackingFiles(FuseConnection connection)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, (int Id, int Users)> nodes = [];

    /// <returns>0: the kernel did not take it.</returns>
    public int Open(ulong node, SafeFileHandle file)
    {
        lock (gate)
        {
            if (!nodes.TryGetValue(node, out var known))
            {
                var opened = connection.OpenBacking(file);
                if (opened.Error != Errno.None) return 0;
                known = (opened.Value, 0);
            }
            nodes[node] = known with { Users = known.Users + 1 };
            return known.Id;
        }
    }

    public void Close(ulong node)
    {
        lock (gate)
        {
            if (!nodes.TryGetValue(node, out var known)) return;
            if (known.Users > 1)
            {
                nodes[node] = known with { Users = known.Users - 1 };
                return;
            }
            nodes.Remove(node);
            connection.CloseBacking(known.Id);
        }
    }
}
