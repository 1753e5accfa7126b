using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>One change that a rule makes on one side.</summary>
/// <param name="Entry">The entry there.</param>
/// <param name="Seen">As it was when this was planned: if it is not so any more, nothing is done, and the change that came between has it looked at again.</param>
/// <param name="Document">What it is about.</param>
/// <param name="Edit">Makes the change.</param>
internal sealed record RuleStep(RuleSide Side, EntryId Entry, EntryView? Seen, DocumentId Document, Action<VolumeEdit> Edit)
{
    /// <summary>The time that the entry's new place, or its delete, is of; null: the place stays.</summary>
    public (bool IsLive, long Origin)? Stamp { get; init; }

    /// <summary>Heads that the document had there, in case they count.</summary>
    public IReadOnlyList<RevisionId>? Heads { get; init; }

    /// <summary>Whether it still is as it was seen.</summary>
    public bool Holds() => Equals(Side.Reader.Get(Entry), Seen) && (Heads is null || Side.Reader.Heads(Document).Select(head => head.Id).SequenceEqual(Heads));
}
