using System.Buffers.Binary;
using PeerDrive.FileSystem;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>
/// The process beside the node that repeats in the mount what came from elsewhere: it makes, removes and cuts files as a program would, the node
/// answers as if that did something, and the kernel tells who watches. A process of its own, as the one that serves a mount must never touch it.
/// </summary>
internal static class Teller
{
    /// <summary>Repeats what the input asks for, to its end. First the output tells the thread that does it (4 bytes), then each command that was tried (1 byte).</summary>
    public static void Run(Stream input, Stream output)
    {
        var thread = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(thread, OwnThread());
        output.Write(thread);
        output.Flush();
        while (TellerCommand.Read(input) is { } command)
        {
            try
            {
                Repeat(command);
            }
            catch (ErrnoException)
            {
                // Meanwhile it is otherwise: there is nothing to tell of it any more.
            }
            output.WriteByte(0);
            output.Flush();
        }
    }

    /// <summary>The kernel's number of the calling thread, by which it names who asks a file system.</summary>
    internal static uint OwnThread() =>
        uint.Parse(Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), System.Globalization.CultureInfo.InvariantCulture);

    private static void Repeat(TellerCommand command)
    {
        using var folder = Libc.Open(command.Folder.Span, OpenFlags.PathOnly | OpenFlags.Folder | OpenFlags.NoFollow);
        var name = command.Name.Span;
        switch (command.What)
        {
            case NameEventKind.Vanished:
                Libc.Unlink(folder, name, command.Kind == FileKind.Folder);
                break;
            case NameEventKind.Appeared:
                Make(folder, name, command.Kind);
                break;
            case NameEventKind.Changed when command.Kind == FileKind.Regular:
                Change(folder, name);
                break;
        }
    }

    private static void Make(Microsoft.Win32.SafeHandles.SafeFileHandle folder, ReadOnlySpan<byte> name, FileKind kind)
    {
        const uint permissions = 0x180;
        switch (kind)
        {
            case FileKind.Regular:
                Libc.OpenAt(folder, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, permissions).Dispose();
                break;
            case FileKind.Folder:
                Libc.MakeFolder(folder, name, permissions);
                break;
            case FileKind.SymbolicLink:
                Libc.MakeSymbolicLink("."u8, folder, name);
                break;
            case FileKind.Fifo or FileKind.Socket:
                Libc.MakeNode(folder, name, (uint)kind | permissions, 0);
                break;
        }
    }

    /// <summary>Opens, cuts to the length that it has, and closes: to who watches that is a write. What may not be opened so is said to have other attributes.</summary>
    private static void Change(Microsoft.Win32.SafeHandles.SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        try
        {
            using var file = Libc.OpenAt(folder, name, OpenFlags.WriteOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
            Libc.Truncate(file, Libc.Stat(file).Size);
        }
        catch (ErrnoException)
        {
            if (Libc.StatAt(folder, name) is { } there) Libc.SetMtime(folder, name, there.Mtime);
        }
    }
}
