using System.Globalization;

namespace PeerDrive.Posix.Crashes;

/// <summary>
/// A file of lines, outside of what may crash: <c>R run</c> begins a run in a new directory; <c>B number operation arguments…</c>
/// says what is about to be done, <c>E number</c> that it was. What was done by a returned fsync is synced here too, before
/// anything else is done.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly FileStream stream;
    private long number;

    public Ledger(string path)
    {
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 0);
    }

    public void Run(string name) => Line($"R {name}");

    /// <summary>Notes an operation, does it, and notes that it was done.</summary>
    public void Do(string operation, Action act)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"B {++number} {operation}"));
        act();
        Line(string.Create(CultureInfo.InvariantCulture, $"E {number}"));
        if (operation.StartsWith("sync", StringComparison.Ordinal)) stream.Flush(flushToDisk: true);
    }

    public void Dispose() => stream.Dispose();

    private void Line(string text) => stream.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
}
