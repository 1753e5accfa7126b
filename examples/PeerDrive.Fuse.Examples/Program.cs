using System.Runtime.InteropServices;
using System.Text;
using PeerDrive.Fuse;
using PeerDrive.Fuse.Examples.Memory;
using PeerDrive.Fuse.Examples.Passthrough;
using PeerDrive.Native.Files;

// memory MOUNTPOINT [helper] [stall=NAME]
// passthrough DIRECTORY MOUNTPOINT [kernel]
// Says "mounted" once it is, serves until it is unmounted or told to end. In memory, lines on standard input change files
// behind the kernel's back: "set NAME TEXT", "delete NAME"; each is answered with "done".
var memory = args is ["memory", ..]
    ? new MemoryFileSystem(TimeProvider.System, args.FirstOrDefault(option => option.StartsWith("stall=", StringComparison.Ordinal))?[6..])
    : null;
(FuseFileSystem? files, var mountPoint) = args switch
{
    ["memory", var place, ..] => (memory, place),
    ["passthrough", var source, var place, ..] => (
        new PassthroughFileSystem(Libc.Open(Encoding.UTF8.GetBytes(source), OpenFlags.ReadOnly | OpenFlags.Folder), args.Contains("kernel")), place),
    _ => ((FuseFileSystem?)null, ""),
};
if (files is null)
{
    Console.Error.WriteLine("usage: memory MOUNTPOINT [helper] [stall=NAME] | passthrough DIRECTORY MOUNTPOINT [kernel]");
    return 2;
}
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
try
{
    await using var mount = await FuseMount.MountAsync(files, mountPoint, new FuseMountOptions
    {
        Source = args[0],
        Subtype = "example",
        AllowOther = !args.Contains("helper"),
        Method = args.Contains("helper") ? FuseMountMethod.Helper : FuseMountMethod.Automatic,
        OnFault = fault => Console.Error.WriteLine(fault),
    });
    Console.WriteLine("mounted");
    var orders = memory is null ? Task.CompletedTask : ObeyAsync(memory);
    await Task.WhenAny(mount.Ended, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token));
    return 0;

    async Task ObeyAsync(MemoryFileSystem changed)
    {
        using var lines = new StreamReader(Console.OpenStandardInput());
        while (await lines.ReadLineAsync(stop.Token) is { } line)
        {
            switch (line.Split(' ', 3))
            {
                case ["set", var name, var text]:
                    await changed.ReplaceAsync(name, Encoding.UTF8.GetBytes(text), stop.Token);
                    break;
                case ["delete", var name]:
                    await changed.DeleteAsync(name, stop.Token);
                    break;
            }
            Console.WriteLine("done");
        }
    }
}
catch (FuseException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
