namespace PeerDrive.Node.Mounting;

/// <summary>Device numbers: in revisions major shifted left by 32, or minor; in the kernel packed into 32 bits.</summary>
internal static class DeviceNumbers
{
    public static ulong FromKernel(uint packed) => (ulong)((packed >> 8) & 0xFFF) << 32 | (packed & 0xFF) | ((packed >> 12) & 0xFFF00);

    public static uint ToKernel(ulong number)
    {
        var (major, minor) = ((uint)(number >> 32), (uint)number);
        return (minor & 0xFF) | ((major & 0xFFF) << 8) | ((minor & 0xFFF00) << 12);
    }
}
