namespace PeerDrive.Client.Contracts;

/// <summary>Asks to end a conflict: by choosing a head, by a merged file, or by keeping all heads as files. One of these.</summary>
/// <param name="Revision">The head to go on with; empty: another way is named.</param>
public sealed record ResolveRequest(string Path, string Revision)
{
    /// <summary>Heads that the person saw; when they are others by now nothing is done. Null: those that there are.</summary>
    public IReadOnlyList<string>? Heads { get; init; }

    /// <summary>Path of a file on the node's machine with what the heads make together.</summary>
    public string? MergedFile { get; init; }

    /// <summary>The shown head goes on, each other one becomes a file of its own beside it.</summary>
    public bool KeepsBoth { get; init; }
}
