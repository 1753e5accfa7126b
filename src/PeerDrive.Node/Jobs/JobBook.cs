using PeerDrive.Node.Settings;

namespace PeerDrive.Node.Jobs;

/// <summary>Jobs that run, as node.json remembers them over a restart.</summary>
internal sealed class JobBook(SettingsFile settings)
{
    /// <summary>Jobs that were running when the node last ended; forgets them.</summary>
    public IReadOnlyList<KeptJob> Take()
    {
        IReadOnlyList<KeptJob> left = [];
        settings.Change(now =>
        {
            left = now.Jobs;
            return left.Count == 0 ? now : now with { Jobs = [] };
        });
        return left;
    }

    public void Add(KeptJob job) => settings.Change(now => now with { Jobs = [.. now.Jobs, job] });

    public void Remove(KeptJob job) => settings.Change(now =>
    {
        var jobs = now.Jobs.ToList();
        return jobs.Remove(job) ? now with { Jobs = jobs } : now;
    });
}
