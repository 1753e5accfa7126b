using System.Diagnostics;

namespace PeerDrive.Posix;

/// <summary>Says on standard error how far a long run has come, once in ten seconds.</summary>
/// <param name="workers">How many do the same; one of them tells.</param>
internal sealed class Progress(long total, int workers = 1)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan told;

    public TimeSpan Elapsed => clock.Elapsed;

    public void Tell(long done)
    {
        if ((done & 255) != 0 || clock.Elapsed - told < TimeSpan.FromSeconds(10)) return;
        told = clock.Elapsed;
        Console.Error.WriteLine($"about {done * workers} of {total} operations, {done * workers / clock.Elapsed.TotalSeconds:f0}/s");
    }
}
