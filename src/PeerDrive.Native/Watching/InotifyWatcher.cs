using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Native.Files;

namespace PeerDrive.Native.Watching;

/// <summary>
/// Watches folders through inotify. Events are handed over on a thread of its own, in batches; the callback must be quick.
/// </summary>
public sealed unsafe class InotifyWatcher : IDisposable
{
    private const int BufferBytes = 64 << 10, EventBytes = 16;

    private readonly SafeFileHandle inotify;
    private readonly SafeFileHandle stop;
    private readonly Action<IReadOnlyList<WatchEvent>> onEvents;
    private readonly Thread thread;

    /// <param name="onEvents">Called on the watcher's thread.</param>
    public InotifyWatcher(Action<IReadOnlyList<WatchEvent>> onEvents)
    {
        const int closeOnExec = 0x80000, nonBlocking = 0x800;
        this.onEvents = onEvents;
        inotify = Handle(SystemCalls.InotifyInit(closeOnExec | nonBlocking), "inotify_init");
        stop = Handle(SystemCalls.EventFd(0, closeOnExec), "eventfd");
        thread = new Thread(Run) { IsBackground = true, Name = "folder watcher" };
        thread.Start();
    }

    /// <summary>Watches a folder; adding it again gives the same number.</summary>
    public int Add(ReadOnlySpan<byte> path, WatchEvents events)
    {
        using var terminated = new CString(path, stackalloc byte[CString.StackBytes]);
        var watch = SystemCalls.InotifyAdd(inotify, terminated.Pointer, (uint)(events | WatchEvents.OnlyFolder));
        return watch >= 0 ? watch : throw new ErrnoException(Marshal.GetLastPInvokeError(), "inotify_add_watch", Libc.Display(path));
    }

    /// <summary>Ends a watch; nothing happens when it has ended by itself.</summary>
    public void Remove(int watch) => SystemCalls.InotifyRemove(inotify, watch);

    public void Dispose()
    {
        var one = 1UL;
        SystemCalls.WriteNext(stop, (byte*)&one, sizeof(ulong));
        thread.Join();
        inotify.Dispose();
        stop.Dispose();
    }

    private static SafeFileHandle Handle(int descriptor, string call) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new ErrnoException(Marshal.GetLastPInvokeError(), call);

    private void Run()
    {
        const short readable = 1;
        var buffer = new byte[BufferBytes];
        var entries = stackalloc SystemCalls.PollEntry[2];
        entries[0] = new SystemCalls.PollEntry { Descriptor = Libc.Number(inotify), Events = readable };
        entries[1] = new SystemCalls.PollEntry { Descriptor = Libc.Number(stop), Events = readable };
        while (true)
        {
            SystemCalls.Poll(entries, 2, -1);
            if (entries[1].Returned != 0) return;
            nint length;
            fixed (byte* start = buffer) length = SystemCalls.ReadNext(inotify, start, buffer.Length);
            if (length > 0) onEvents(Parse(buffer.AsSpan(0, (int)length)));
        }
    }

    private static List<WatchEvent> Parse(ReadOnlySpan<byte> bytes)
    {
        var events = new List<WatchEvent>();
        while (bytes.Length >= EventBytes)
        {
            var nameLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
            events.Add(new WatchEvent(
                BinaryPrimitives.ReadInt32LittleEndian(bytes),
                (WatchEvents)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
                bytes.Slice(EventBytes, nameLength).TrimEnd((byte)0).ToArray()));
            bytes = bytes[(EventBytes + nameLength)..];
        }
        return events;
    }
}
