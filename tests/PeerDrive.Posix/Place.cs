using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix;

/// <summary>A new directory that is the working directory as long as this lives; then it is gone.</summary>
internal sealed class Place : IDisposable
{
    private readonly string name;

    public Place(string directory, string prefix)
    {
        UMask(0);
        Environment.CurrentDirectory = directory;
        name = $"{prefix}-{Environment.ProcessId}";
        Must(MkDir(name), name);
        Must(ChDir(name), name);
    }

    /// <summary>Kept for looking at, when something went wrong.</summary>
    public bool Keep { get; set; }

    public static long Must(long outcome, string what) => outcome >= 0 ? outcome : throw new MismatchException($"{what}: {Outcome.Describe(outcome)}");

    /// <summary>Lets the kernel forget what it need not know, if we may.</summary>
    public static void DropCaches()
    {
        if (EffectiveUser() == 0) File.WriteAllText("/proc/sys/vm/drop_caches", "3");
    }

    public void Dispose()
    {
        Must(ChDir(".."), "..");
        if (!Keep) Listing.Remove(AT_FDCWD, name);
        Environment.CurrentDirectory = "/";
    }
}
