namespace PeerDrive.Fuse.Mounting;

/// <summary>The kernel reads ahead 128 KiB at most, whatever was agreed on, until it is told otherwise in sysfs.</summary>
internal static class ReadAhead
{
    /// <summary>Only root may; for others it stays as it is.</summary>
    public static bool TryRaise(MountLine mount, int bytes)
    {
        try
        {
            File.WriteAllText($"/sys/class/bdi/{mount.Device}/read_ahead_kb", $"{bytes >> 10}");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
