using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>Puts together what the kernel sends.</summary>
internal static class Bodies
{
    public static byte[] Of<T>(T body) where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in body);
        return bytes;
    }

    /// <summary>A struct, then names with closing NULs.</summary>
    public static byte[] Of<T>(T body, params string[] names) where T : unmanaged => [.. Of(body), .. Names(names)];

    public static byte[] Names(params string[] names) => [.. names.SelectMany(name => (byte[])[.. System.Text.Encoding.UTF8.GetBytes(name), 0])];

    public static T Read<T>(byte[] body) where T : unmanaged
    {
        Assert.Equal(Unsafe.SizeOf<T>(), body.Length);
        return MemoryMarshal.Read<T>(body);
    }
}
