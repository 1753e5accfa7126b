namespace PeerDrive.Fuse;

/// <summary>How a file system is mounted and served.</summary>
public sealed record FuseMountOptions
{
    /// <summary>Shown as the device in lists of mounts; without a comma.</summary>
    public string Source { get; init; } = "peerdrive";

    /// <summary>Shown as the type, "fuse.&lt;subtype&gt;"; without a comma.</summary>
    public string Subtype { get; init; } = "peerdrive";

    /// <summary>Users other than the one who mounts may come in. Without root this needs user_allow_other in /etc/fuse.conf.</summary>
    public bool AllowOther { get; init; }

    /// <summary>The kernel checks permissions by mode, owner and group; else the file system does.</summary>
    public bool DefaultPermissions { get; init; } = true;

    public bool ReadOnly { get; init; }

    /// <summary>Set-user and set-group bits have no effect. Always so without root.</summary>
    public bool NoSetUser { get; init; } = true;

    /// <summary>Device nodes cannot be opened. Always so without root.</summary>
    public bool NoDevices { get; init; } = true;

    public FuseMountMethod Method { get; init; } = FuseMountMethod.Automatic;

    /// <summary>Reading threads; null: one for each processor, 2 to 16.</summary>
    public int? Threads { get; init; }

    /// <summary>The most that one read or write carries; whole pages, 4 KiB to 1 MiB.</summary>
    public int BulkBytes { get; init; } = 1 << 20;

    /// <summary>How far the kernel reads ahead; above its usual 128 KiB only for root.</summary>
    public int ReadAheadBytes { get; init; } = 1 << 20;

    /// <summary>Reads ahead and the like that may be in flight at once.</summary>
    public int MaxBackground { get; init; } = 64;

    /// <summary>Operations that may wait at once; when so many do, further ones wait in the kernel.</summary>
    public int MaxInFlight { get; init; } = 512;

    /// <summary>
    /// Is told of exceptions that no caller can understand, and of protocol errors. Called on any thread; must not throw. Null: nobody is.
    /// </summary>
    public Action<Exception>? OnFault { get; init; }

    internal int ThreadCount => Threads ?? Math.Clamp(Environment.ProcessorCount, 2, 16);
}
