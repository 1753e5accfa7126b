using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse.Abi;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Devices;

/// <summary>
/// One descriptor of the connection to the kernel. Each read takes one request, each write gives one reply or notification;
/// a reply has to go out by the descriptor through which its request came.
/// </summary>
internal sealed class FuseDevice(SafeFileHandle file) : IDisposable
{
    private const nuint CloneRequest = 0x8004e500, BackingOpenRequest = 0x4010e501, BackingCloseRequest = 0x4004e502;

    /// <exception cref="FuseException">There is no FUSE here, or this process may not use it.</exception>
    public static FuseDevice Open()
    {
        // Some containers have a plain file there.
        if (Libc.StatAt(null, "/dev/fuse"u8) is not { Kind: FileKind.CharacterDevice }) throw new FuseException(Errno.NoDevice, Sentence(Errno.NoDevice));
        try
        {
            return new FuseDevice(Libc.Open("/dev/fuse"u8, OpenFlags.ReadWrite));
        }
        catch (ErrnoException e)
        {
            throw new FuseException((Errno)e.Errno, Sentence((Errno)e.Errno), e);
        }
    }

    /// <summary>Why /dev/fuse cannot be opened, and what to do about it.</summary>
    public static string Sentence(Errno error) => error switch
    {
        Errno.NotFound or Errno.NoDevice or Errno.NoSuchDeviceOrAddress =>
            "The kernel offers no FUSE (/dev/fuse is missing): load it with 'sudo modprobe fuse', or give the container the device /dev/fuse.",
        Errno.AccessDenied or Errno.NotPermitted =>
            "/dev/fuse may not be opened by this user: 'sudo chmod 666 /dev/fuse' allows it, as most systems do from the start.",
        _ => $"/dev/fuse cannot be opened: {Marshal.GetPInvokeErrorMessage((int)error)}.",
    };

    /// <summary>Reads one request.</summary>
    /// <returns>Its length, or minus the error number.</returns>
    public unsafe int Read(byte* buffer, int capacity)
    {
        var count = SystemCalls.Read(file, buffer, capacity);
        return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Writes one reply or notification.</summary>
    public unsafe Errno Write(byte* buffer, int length) =>
        SystemCalls.Write(file, buffer, length) >= 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    public unsafe Errno Write(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message) return Write(start, message.Length);
    }

    /// <summary>Another descriptor of the same connection, with a queue of its own; null where that is not to be had.</summary>
    public unsafe FuseDevice? TryClone()
    {
        SafeFileHandle fresh;
        try
        {
            fresh = Libc.Open("/dev/fuse"u8, OpenFlags.ReadWrite);
        }
        catch (ErrnoException)
        {
            return null;
        }
        var session = (uint)file.DangerousGetHandle();
        if (SystemCalls.Clone(fresh, CloneRequest, &session) == 0) return new FuseDevice(fresh);
        fresh.Dispose();
        return null;
    }

    public unsafe FuseResult<int> OpenBacking(SafeFileHandle backing)
    {
        var argument = new Outgoing.Backing { File = (int)backing.DangerousGetHandle() };
        var id = SystemCalls.OpenBacking(file, BackingOpenRequest, &argument);
        GC.KeepAlive(backing);
        return id > 0 ? id : (Errno)Marshal.GetLastPInvokeError();
    }

    public unsafe Errno CloseBacking(int id)
    {
        var argument = (uint)id;
        return SystemCalls.Clone(file, BackingCloseRequest, &argument) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>The number of the descriptor, for mount options; valid until this is disposed.</summary>
    public int Descriptor => (int)file.DangerousGetHandle();

    public void Dispose() => file.Dispose();
}
