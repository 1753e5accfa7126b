namespace PeerDrive.Storage.Retention;

/// <summary>What a rule has to know of one version of a document. Times are seconds by this replica's own count (<see cref="RetentionClock"/>).</summary>
/// <param name="Received">When it had come here at the latest.</param>
/// <param name="Made">When its author says that it was made, seconds since 1970. Only tells versions apart that came together; believed for nothing else.</param>
/// <param name="CurrentUntil">When another one had taken its place here at the latest; <see cref="long.MaxValue"/>: none has.</param>
/// <param name="IsProtected">Something needs it: a pin, its comment, a draft, an open file.</param>
/// <param name="IsMergeInput">A merge of the heads would read it.</param>
public readonly record struct RetainedVersion(long Received, long Made, long CurrentUntil, bool IsProtected, bool IsMergeInput = false)
{
    /// <summary>Nothing has taken its place.</summary>
    public bool IsHead => CurrentUntil == long.MaxValue;
}
