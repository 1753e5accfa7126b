using System.Diagnostics;

namespace PeerDrive.Posix;

/// <summary>Says on standard error how far a long run has come, once in ten seconds.</summary>
internal sealed class Progress(long total)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan told;

    public TimeSpan Elapsed => clock.Elapsed;

    public void Tell(long done)
    {
        if ((done & 255) != 0 || clock.Elapsed - told < TimeSpan.FromSeconds(10)) return;
        told = clock.Elapsed;
        Console.Error.WriteLine($"{done} of {total} operations, {done / clock.Elapsed.TotalSeconds:f0}/s");
    }
}
