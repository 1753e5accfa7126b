using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Changesets;

/// <summary>One change; a changeset applies all of its operations or none.</summary>
public abstract record Operation
{
    private Operation()
    {
    }

    /// <summary>Adds a revision to its document.</summary>
    /// <param name="Through">The entry it was made through: an edit keeps this name alive against a concurrent delete.</param>
    public sealed record Revise(Revision Revision, EntryId? Through) : Operation;

    /// <summary>Links a document under a name, or moves the entry there.</summary>
    /// <param name="Parent">The folder's entry, or <see cref="EntryId.Root"/>.</param>
    /// <param name="IsFolder">Whether the document is a folder; the same in every put of an entry.</param>
    public sealed record Put(EntryId Entry, EntryId Parent, EntryName Name, DocumentId Document, bool IsFolder) : Operation;

    /// <param name="Parent">The folder in which the deleter saw the entry.</param>
    public sealed record Delete(EntryId Entry, EntryId Parent) : Operation;

    /// <summary>Adds a person, or changes the person's role.</summary>
    /// <param name="Nonce">16 bytes in a volume's first changeset, which with its owner's key make the VolumeId; otherwise empty.</param>
    public sealed record Member(PersonCertificate Certificate, Role Role, ReadOnlyMemory<byte> Nonce) : Operation;

    /// <summary>Lets a member's device act for that member.</summary>
    public sealed record Device(DeviceCertificate Certificate) : Operation;

    /// <param name="Counted">The last changeset of each of the person's devices that still counts; later ones are void.</param>
    public sealed record RemoveMember(PersonId Person, ImmutableArray<Tip> Counted) : Operation;

    /// <summary>Sets a volume setting (name, merge rule, ephemeral patterns, …); an empty value unsets it.</summary>
    public sealed record Setting(string Key, string Value) : Operation;

    /// <summary>What only a newer version can read; believed only in a volume whose features this version lacks, where nothing is applied.</summary>
    public sealed record Unknown : Operation;

    /// <summary>Replaces the volume's feature list.</summary>
    public sealed record Features(ImmutableArray<string> Names) : Operation;
}
