using PeerDrive.Model.Identifiers;

namespace PeerDrive.Folders.Writing;

/// <summary>When entries that could not be written are tried again: each time after twice as long.</summary>
internal sealed class RetrySchedule(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2), Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<EntryId, (long Due, TimeSpan Delay, bool IsRunning)> entries = [];

    public bool IsEmpty => entries.Count == 0;

    /// <summary>Timestamp at which the next entry is due; null when none waits.</summary>
    public long? NextDue => entries.Values.Where(entry => !entry.IsRunning).Select(entry => (long?)entry.Due).Min();

    /// <summary>Entries whose time has come; they wait no more until the result of trying them is noted.</summary>
    public List<EntryId> TakeDue()
    {
        var now = time.GetTimestamp();
        var due = entries.Where(entry => !entry.Value.IsRunning && entry.Value.Due <= now).Select(entry => entry.Key).ToList();
        foreach (var entry in due) entries[entry] = entries[entry] with { IsRunning = true };
        return due;
    }

    /// <summary>Takes note of a round of writing: those that ran and are not among the failed ones are done.</summary>
    /// <param name="isComplete">Everything was tried.</param>
    public void Note(IReadOnlySet<EntryId> failed, bool isComplete)
    {
        foreach (var done in entries.Where(entry => (isComplete || entry.Value.IsRunning) && !failed.Contains(entry.Key)).Select(entry => entry.Key).ToList()) entries.Remove(done);
        foreach (var entry in failed)
        {
            var delay = entries.TryGetValue(entry, out var before) ? TimeSpan.FromTicks(Math.Min(before.Delay.Ticks * 2, Longest.Ticks)) : First;
            entries[entry] = (time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency), delay, false);
        }
    }
}
