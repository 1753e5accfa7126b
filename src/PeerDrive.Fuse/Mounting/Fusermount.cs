using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse.Devices;
using PeerDrive.Native;

namespace PeerDrive.Fuse.Mounting;

/// <summary>
/// Mounting by fusermount3, which does for any user what else only root may. It opens /dev/fuse, mounts, and sends the
/// descriptor back over a socket.
/// </summary>
internal static class Fusermount
{
    private static readonly string[] Programs = ["fusermount3", "fusermount"];

    public static FuseDevice Mount(string path, FuseMountOptions options)
    {
        var words = new List<string> { $"fsname={options.Source}", $"subtype={options.Subtype}", options.NoSetUser ? "nosuid" : "suid", options.NoDevices ? "nodev" : "dev" };
        if (options.ReadOnly) words.Add("ro");
        if (options.DefaultPermissions) words.Add("default_permissions");
        if (options.AllowOther) words.Add("allow_other");
        var (ours, theirs) = Sockets();
        using (ours)
        {
            SafeFileHandle? file = null;
            var (exit, said) = Run(["-o", string.Join(',', words), "--", path], theirs, () =>
            {
                theirs.Dispose();
                file = ReceiveDescriptor(ours);
            });
            return file is not null ? new FuseDevice(file) : throw Failure($"could not mount at {path}", exit, said);
        }
    }

    /// <returns>False when programs still use it.</returns>
    public static bool TryUnmount(string path, bool lazily)
    {
        var (exit, said) = Run(lazily ? ["-u", "-z", "--", path] : ["-u", "--", path], null, () => { });
        if (exit == 0) return true;
        if (said.Contains("busy", StringComparison.OrdinalIgnoreCase)) return false;
        throw Failure($"could not unmount {path}", exit, said);
    }

    private static FuseException Failure(string what, int exit, string said) =>
        new(Errno.NotPermitted, $"The mount helper {what}: {(said.Length > 0 ? said : $"it ended with code {exit}")}.");

    /// <param name="socket">Becomes the helper's descriptor 3.</param>
    /// <param name="whileItRuns">Called once it has started.</param>
    private static unsafe (int Exit, string Said) Run(string[] arguments, SafeFileHandle? socket, Action whileItRuns)
    {
        const int actionBytes = 512, standardError = 2, socketNumber = 3;
        var (listen, speak) = Sockets();
        using var listening = listen;
        var actions = stackalloc byte[actionBytes];
        _ = SystemCalls.InitFileActions(actions);
        var pid = 0;
        try
        {
            // Duplicates are inherited, originals are not. The sockets have higher numbers than the three standard descriptors.
            if (socket is not null) _ = SystemCalls.AddDuplicate(actions, (int)socket.DangerousGetHandle(), socketNumber);
            _ = SystemCalls.AddDuplicate(actions, (int)speak.DangerousGetHandle(), standardError);
            string[] environment = [$"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/bin:/bin:/usr/sbin:/sbin", $"_FUSE_COMMFD={socketNumber}", "LC_ALL=C"];
            var error = Errno.NotFound;
            foreach (var program in Programs)
            {
                error = Spawn(program, arguments, environment, actions, out pid);
                if (error != Errno.NotFound) break;
            }
            if (error == Errno.NotFound)
                throw new FuseException(error, "fusermount3 is not installed: install FUSE ('sudo apt-get install fuse3' or 'sudo dnf install fuse3'), or run as root.");
            if (error != Errno.None) throw new FuseException(error, $"fusermount3 could not be started: {Marshal.GetPInvokeErrorMessage((int)error)}.");
        }
        finally
        {
            _ = SystemCalls.DestroyFileActions(actions);
            speak.Dispose();
        }
        whileItRuns();
        var said = ReadAll(listening);
        return (Wait(pid), said);
    }

    private static unsafe Errno Spawn(string program, string[] arguments, string[] environment, byte* actions, out int pid)
    {
        var texts = new List<NativeText>();
        var pointers = stackalloc byte*[arguments.Length + environment.Length + 3];
        try
        {
            var at = 0;
            foreach (var text in (string?[])[program, .. arguments, null, .. environment, null])
            {
                if (text is not null) texts.Add(new NativeText(text));
                pointers[at++] = text is null ? null : texts[^1].Pointer;
            }
            int started;
            var error = (Errno)SystemCalls.Spawn(&started, pointers[0], actions, null, pointers, pointers + arguments.Length + 2);
            pid = started;
            return error;
        }
        finally
        {
            foreach (var text in texts) text.Dispose();
        }
    }

    private static unsafe (SafeFileHandle Ours, SafeFileHandle Theirs) Sockets()
    {
        const int unix = 1, streamCloseOnExec = 1 | 0x80000;
        var pair = stackalloc int[2];
        if (SystemCalls.SocketPair(unix, streamCloseOnExec, 0, pair) != 0) throw new ErrnoException(Marshal.GetLastPInvokeError(), "socketpair");
        return (new SafeFileHandle(pair[0], ownsHandle: true), new SafeFileHandle(pair[1], ownsHandle: true));
    }

    /// <returns>Null when the other end closed without sending one.</returns>
    private static unsafe SafeFileHandle? ReceiveDescriptor(SafeFileHandle socket)
    {
        const int closeOnExec = 0x40000000, socketLevel = 1, rights = 1;
        byte filler;
        var vector = new SystemCalls.Vector { Start = &filler, Length = 1 };
        var control = new SystemCalls.DescriptorMessage();
        var message = new SystemCalls.MessageHeader
        {
            Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(SystemCalls.DescriptorMessage),
        };
        nint count;
        do count = SystemCalls.ReceiveMessage(socket, &message, closeOnExec);
        while (count < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return count > 0 && control.Level == socketLevel && control.Type == rights ? new SafeFileHandle(control.Descriptor, ownsHandle: true) : null;
    }

    private static unsafe string ReadAll(SafeFileHandle socket)
    {
        const int longest = 4096;
        var buffer = stackalloc byte[longest];
        var length = 0;
        while (length < longest)
        {
            var count = (int)SystemCalls.Read(socket, buffer + length, longest - length);
            if (count < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.Interrupted) continue;
            if (count <= 0) break;
            length += count;
        }
        return Encoding.UTF8.GetString(buffer, length).Trim().TrimEnd('.');
    }

    private static unsafe int Wait(int pid)
    {
        int status, ended;
        do ended = SystemCalls.WaitForProcess(pid, &status, 0);
        while (ended < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return ended < 0 ? -1 : (status >> 8) & 0xFF;
    }
}
