using System.Collections.Immutable;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Merging;

/// <summary>What a merge of several heads comes to before anybody looks at bytes.</summary>
public abstract record MergeOutcome
{
    private MergeOutcome()
    {
    }

    /// <summary>The merged state, content included.</summary>
    public sealed record Merged(RevisionState State) : MergeOutcome;

    /// <summary>All but the content is merged; the content changed on more than one head and wants a text merge.</summary>
    /// <param name="State">The merged state but for its content.</param>
    /// <param name="Base">The content that the heads started from.</param>
    /// <param name="Heads">The distinct changed contents, in the order of the heads.</param>
    public sealed record ContentNeeded(RevisionState State, Content Base, ImmutableArray<Content> Heads) : MergeOutcome;

    /// <summary>The heads stay.</summary>
    /// <param name="Why">For people: what differs.</param>
    public sealed record Conflict(string Why) : MergeOutcome;
}
