using System.Collections.Concurrent;
using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Members;

/// <summary>
/// Who may do what in a volume: a pure function of the set of changesets that change members. Rights are judged at a
/// changeset's dependencies, then cut by removals: what a removed member's devices made beyond the last changeset that the
/// removal counts is void, and so is whatever only void changesets allowed. A removal and a removal of its author that did not
/// know of each other both hold, unless no owner would remain; then the lower in order alone holds. Immutable, thread-safe.
/// </summary>
public sealed class Membership
{
    // Dependencies of changesets that arrive together differ little: a few states of the past serve them all.
    private const int PastStates = 64;

    private readonly VolumeId volume;
    private readonly ImmutableArray<AuthoredOperations> changesets;
    private readonly HashSet<Tip> counted = [];
    private readonly HashSet<Operation> ignored = new(ReferenceEqualityComparer.Instance);
    private readonly Func<Tip, Tip, bool>? isBefore;
    private readonly CertificateSigners signers;
    private readonly ConcurrentDictionary<string, Membership> past = [];
    private readonly MembershipView now;
    private ImmutableArray<Removal> removals = [];

    private Membership(VolumeId volume, ImmutableArray<AuthoredOperations> changesets, Func<Tip, Tip, bool>? isBefore)
    {
        this.volume = volume;
        this.changesets = changesets;
        this.isBefore = isBefore;
        signers = new CertificateSigners(changesets.SelectMany(c => c.Operations).OfType<Operation.Member>().Select(member => member.Certificate));
        Decide();
        now = View(_ => true);
        Members = [.. now.Members()];
    }

    /// <summary>All present members, sorted by PersonId.</summary>
    public ImmutableArray<Member> Members { get; }

    /// <param name="accepted">Changesets that change members, in any order, each allowed by <see cref="Refusal"/> when it came; others are ignored.</param>
    /// <param name="isBefore">
    /// Whether the first tip is the second or lies before it on the same branch of the author's log. Null: sequences are
    /// compared, which a removed member can evade by forking the log below the counted tip.
    /// </param>
    public static Membership Of(VolumeId volume, IEnumerable<AuthoredOperations> accepted, Func<Tip, Tip, bool>? isBefore = null) =>
        new(volume, [.. accepted.Where(c => c.ChangesMembers).DistinctBy(c => c.Tip).OrderBy(c => c.At)], isBefore);

    /// <summary>This with one more changeset; this itself when it changes no members.</summary>
    public Membership With(AuthoredOperations accepted) => accepted.ChangesMembers ? Of(volume, changesets.Add(accepted), isBefore) : this;

    public Role RoleOf(PersonId person) => now.RoleOf(person);

    /// <summary>The role as someone saw it who had just <paramref name="at"/>.</summary>
    public Role RoleOf(PersonId person, VersionVector at) => At(at).RoleOf(person);

    /// <summary>For whom the device acts; null when it acts for nobody. That person may have been removed: see <see cref="RoleOf(PersonId)"/>.</summary>
    public PersonId? PersonOf(DeviceId device) => now.PersonOf(device);

    /// <summary>The role of the person that the device acts for.</summary>
    public Role RoleOf(DeviceId device) => PersonOf(device) is { } person ? RoleOf(person) : Role.None;

    /// <summary>The certificate by which the device acts; changesets are verified with its key.</summary>
    public DeviceCertificate? CertificateOf(DeviceId device) => now.BindingOf(device)?.Certificate;

    /// <summary>Membership as someone saw it who had just <paramref name="vector"/>.</summary>
    public Membership At(VersionVector vector) => At(c => vector.Covers(c.Tip.Author, c.Tip.Sequence));

    /// <summary>Why a changeset may not be applied, judged at its dependencies; null when it may.</summary>
    public string? Refusal(AuthoredOperations changeset) => MembershipRules.Refusal(At(changeset.Knows).now, changeset);

    /// <summary>Whether an accepted changeset counts; otherwise it is void: stored and relayed, but never seen.</summary>
    public bool Counts(AuthoredOperations changeset)
    {
        if (changeset.ChangesMembers && changesets.Any(c => c.Tip == changeset.Tip)) return counted.Contains(changeset.Tip);
        // Without a removal nothing that was accepted becomes void.
        return removals.IsEmpty || Counts(changeset, View(changeset.Knows));
    }

    private Membership At(Func<AuthoredOperations, bool> isKnown)
    {
        var key = string.Concat(changesets.Select(c => isKnown(c) ? '1' : '0'));
        if (!key.Contains('0', StringComparison.Ordinal)) return this;
        if (past.Count > PastStates) past.Clear();
        return past.GetOrAdd(key, static (bits, all) => new Membership(all.volume, [.. all.changesets.Where((_, i) => bits[i] == '1')], all.isBefore), this);
    }

    private void Decide()
    {
        Count([]);
        while (!View(_ => true).HasOwner && LastDemotion() is { } demotion)
        {
            // Owners who demoted each other: as with removals, the lower in order holds.
            ignored.Add(demotion);
            Count([]);
        }
        var all = changesets.SelectMany(c => c.Operations.OfType<Operation.RemoveMember>().Select(operation => new Removal(c, operation))).ToImmutableArray();
        if (all.IsEmpty) return;
        Count(all);
        if (View(_ => true).HasOwner) return;
        ImmutableArray<Removal> holding = [];
        foreach (var removal in all)
        {
            Count(holding.Add(removal));
            if (View(_ => true).HasOwner) holding = holding.Add(removal);
        }
        Count(holding);
    }

    /// <summary>Finds what counts if of the given removals all hold that count themselves.</summary>
    private void Count(ImmutableArray<Removal> candidates)
    {
        while (true)
        {
            removals = candidates;
            counted.Clear();
            foreach (var changeset in changesets)
            {
                if (Counts(changeset, View(changeset.Knows))) counted.Add(changeset.Tip);
            }
            // The last is dropped first: it may be what makes an earlier one void.
            if (candidates.LastOrDefault(removal => !counted.Contains(removal.Changeset.Tip)) is not { } isVoid) return;
            candidates = candidates.Remove(isVoid);
        }
    }

    private bool Counts(AuthoredOperations changeset, MembershipView known) =>
        !(MembershipRules.PersonOf(known, changeset) is { } person && removals.Any(removal => removal.Operation.Person == person && Cuts(removal, changeset, person)))
        && MembershipRules.Refusal(known, changeset) is null;

    private bool Cuts(Removal removal, AuthoredOperations changeset, PersonId person)
    {
        if (removal.Changeset.Tip == changeset.Tip) return false;
        foreach (var tip in removal.Operation.Counted)
        {
            if (tip.Author == changeset.Tip.Author && (isBefore?.Invoke(changeset.Tip, tip) ?? (changeset.Tip.Sequence < tip.Sequence || changeset.Tip == tip)))
                return false;
        }
        var concurrent = !changeset.Knows(removal.Changeset) && !removal.Changeset.Knows(changeset);
        if (concurrent && changeset.OnlyRemoves && removals.Any(other => other.Changeset.Tip == changeset.Tip)) return false;
        var readded = changesets.Any(c => counted.Contains(c.Tip) && changeset.Knows(c) && c.Knows(removal.Changeset)
            && c.Operations.Any(operation => operation is Operation.Member member && member.Certificate.Person == person));
        return !readded;
    }

    private Operation.Member? LastDemotion()
    {
        var owners = changesets.SelectMany(c => c.Operations).OfType<Operation.Member>()
            .Where(member => member.Role == Role.Owner).Select(member => member.Certificate.Person).ToHashSet();
        return changesets.Where(c => counted.Contains(c.Tip)).SelectMany(c => c.Operations).OfType<Operation.Member>()
            .LastOrDefault(member => member.Role != Role.Owner && owners.Contains(member.Certificate.Person) && !ignored.Contains(member));
    }

    private MembershipView View(Func<AuthoredOperations, bool> isKnown)
    {
        AuthoredOperations[] known = [.. changesets.Where(c => counted.Contains(c.Tip) && isKnown(c))];
        return new MembershipView(
            volume, known, [.. removals.Where(r => counted.Contains(r.Changeset.Tip) && isKnown(r.Changeset))], ignored, signers);
    }
}
