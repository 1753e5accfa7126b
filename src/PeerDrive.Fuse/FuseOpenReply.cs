namespace PeerDrive.Fuse;

/// <summary>How the kernel treats an open file (FOPEN bits).</summary>
[Flags]
public enum FuseOpenReply : uint
{
    None = 0,

    /// <summary>Every read and write comes to the file system; nothing is cached.</summary>
    DirectIo = 1,

    /// <summary>What is cached of the file is still right.</summary>
    KeepCache = 2,
    NotSeekable = 4,

    /// <summary>The lines of the directory may be cached.</summary>
    CacheDirectory = 8,
    Stream = 16,

    /// <summary>No flush at close.</summary>
    NoFlush = 32,
    ParallelDirectWrites = 64,

    /// <summary>
    /// The kernel reads and writes the backing file itself. While a node has a backing file every open of it must say so, with
    /// the same id, or else be <see cref="DirectIo"/>.
    /// </summary>
    Passthrough = 128,
}
