using System.Globalization;

namespace PeerDrive.Posix.Crashes;

/// <summary>Replays a ledger into what must be found after the crash.</summary>
internal static class LedgerReader
{
    /// <returns>By run, what was promised.</returns>
    public static IEnumerable<(string Run, Promises Promises)> Read(string path)
    {
        string? run = null;
        var promises = new Promises();
        var begun = new Dictionary<long, string[]>();
        foreach (var line in File.ReadLines(path))
        {
            var words = line.Split(' ');
            if (words is ["R", var name])
            {
                if (run is not null) yield return (run, Finish(promises, begun));
                (run, promises, begun) = (name, new Promises(), []);
            }
            else if (words is ["B", var number, .. var operation])
            {
                begun[Number(number)] = operation;
            }
            else if (words is ["E", var ended])
            {
                begun.Remove(Number(ended), out var done);
                promises.Apply(done ?? throw new InvalidDataException($"{line} without its begin"), isDone: true);
            }
        }
        if (run is not null) yield return (run, Finish(promises, begun));
    }

    public static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What was begun and not ended may have happened, or not, or in part.</summary>
    private static Promises Finish(Promises promises, Dictionary<long, string[]> begun)
    {
        foreach (var operation in begun.Values) promises.Apply(operation, isDone: false);
        return promises;
    }
}
