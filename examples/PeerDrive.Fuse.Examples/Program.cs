using System.Runtime.InteropServices;
using System.Text;
using PeerDrive.Fuse;
using PeerDrive.Fuse.Examples.Memory;

// memory MOUNTPOINT [helper] [stall=NAME]
// Says "mounted" once it is, serves until it is unmounted or told to end. Lines on standard input change files behind the
// kernel's back: "set NAME TEXT", "delete NAME"; each is answered with "done".
if (args is not ["memory", var mountPoint, .. var options])
{
    Console.Error.WriteLine("usage: memory MOUNTPOINT [helper] [stall=NAME]");
    return 2;
}
var files = new MemoryFileSystem(TimeProvider.System, options.FirstOrDefault(option => option.StartsWith("stall=", StringComparison.Ordinal))?[6..]);
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
        Source = "memory",
        Subtype = "example",
        AllowOther = !options.Contains("helper"),
        Method = options.Contains("helper") ? FuseMountMethod.Helper : FuseMountMethod.Automatic,
        OnFault = fault => Console.Error.WriteLine(fault),
    });
    Console.WriteLine("mounted");
    var orders = ObeyAsync();
    await Task.WhenAny(mount.Ended, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token));
    return 0;

    async Task ObeyAsync()
    {
        using var lines = new StreamReader(Console.OpenStandardInput());
        while (await lines.ReadLineAsync(stop.Token) is { } line)
        {
            switch (line.Split(' ', 3))
            {
                case ["set", var name, var text]:
                    await files.ReplaceAsync(name, Encoding.UTF8.GetBytes(text), stop.Token);
                    break;
                case ["delete", var name]:
                    await files.DeleteAsync(name, stop.Token);
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
