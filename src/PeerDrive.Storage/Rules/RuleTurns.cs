using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// Who is at work between volumes: one pass of a rule at a time, and of the passes of all rules one step at a time in a volume. A step looks and commits, and waits for nothing; contents are
/// brought between steps. One of these for all rules of a node. Lock order: the rule, then its volumes by id. A copy is made while no volume's turn is held.
/// </summary>
public sealed class RuleTurns : IDisposable
{
    /// <summary>Contents that are copied at once: a large one holds no small one up, and the disk bounds the rest.</summary>
    private const int Copies = 2;

    private readonly Lock gate = new();
    private readonly Dictionary<string, SemaphoreSlim> turns = [];
    private readonly SemaphoreSlim copying = new(Copies, Copies);

    /// <summary>The turn of a rule, for a whole pass.</summary>
    /// <returns>Disposing it ends the turn; so for all.</returns>
    public Task<IDisposable> TakeAsync(string rule, CancellationToken cancellation) => TakeAsync([Turn($"rule {rule}")], cancellation);

    public void Dispose()
    {
        foreach (var turn in turns.Values) turn.Dispose();
        copying.Dispose();
    }

    /// <summary>The turn of two volumes, for one step.</summary>
    internal Task<IDisposable> TakeAsync(Volume one, Volume other, CancellationToken cancellation) =>
        TakeAsync([.. new[] { one, other }.Select(volume => volume.Id.ToHex()).Order(StringComparer.Ordinal).Select(id => Turn($"volume {id}"))], cancellation);

    /// <summary>One of the few copies at once.</summary>
    internal Task<IDisposable> TakeCopyAsync(CancellationToken cancellation) => TakeAsync([copying], cancellation);

    private SemaphoreSlim Turn(string of)
    {
        lock (gate)
        {
            if (!turns.TryGetValue(of, out var turn)) turns[of] = turn = new SemaphoreSlim(1, 1);
            return turn;
        }
    }

    private static async Task<IDisposable> TakeAsync(SemaphoreSlim[] wanted, CancellationToken cancellation)
    {
        var taken = new Taken();
        try
        {
            foreach (var turn in wanted)
            {
                await turn.WaitAsync(cancellation);
                taken.Turns.Push(turn);
            }
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private sealed class Taken : IDisposable
    {
        public Stack<SemaphoreSlim> Turns { get; } = [];

        public void Dispose()
        {
            while (Turns.TryPop(out var turn)) turn.Release();
        }
    }
}
