using System.Runtime.InteropServices;
using PeerDrive.Fuse.Devices;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Mounting;

/// <summary>Mounting by this process, which needs CAP_SYS_ADMIN.</summary>
internal static class DirectMount
{
    private const nuint ReadOnly = 1, NoSetUser = 2, NoDevices = 4;

    public static unsafe FuseDevice Mount(string path, FuseMountOptions options)
    {
        var device = FuseDevice.Open();
        var flags = (options.ReadOnly ? ReadOnly : 0) | (options.NoSetUser ? NoSetUser : 0) | (options.NoDevices ? NoDevices : 0);
        var data = $"fd={device.Descriptor},rootmode=40000,user_id={Libc.EffectiveUser()},group_id={SystemCalls.EffectiveGroup()}";
        if (options.DefaultPermissions) data += ",default_permissions";
        if (options.AllowOther) data += ",allow_other";
        using var source = new NativeText(options.Source);
        using var target = new NativeText(path);
        using var type = new NativeText("fuse." + options.Subtype);
        using var text = new NativeText(data);
        if (SystemCalls.Mount(source.Pointer, target.Pointer, type.Pointer, flags, text.Pointer) == 0) return device;
        var error = (Errno)Marshal.GetLastPInvokeError();
        device.Dispose();
        throw new FuseException(error, error switch
        {
            Errno.NotPermitted => "Mounting directly needs root (CAP_SYS_ADMIN).",
            Errno.NoDevice => FuseDevice.Sentence(Errno.NoDevice),
            _ => $"Mounting at {path} failed: {Marshal.GetPInvokeErrorMessage((int)error)}.",
        });
    }
}
