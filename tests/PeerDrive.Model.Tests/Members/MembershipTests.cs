using System.Security.Cryptography;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tests.Identity;

namespace PeerDrive.Model.Tests.Members;

public sealed class MembershipTests
{
    private static readonly TestPerson Alice = new("Alice"), Bob = new("Bob"), Carol = new("Carol"), Dave = new("Dave");
    private static readonly DeviceKey A = Alice.NewDevice("a"), B = Bob.NewDevice("b"), C = Carol.NewDevice("c"), D = Dave.NewDevice("d");
    private static readonly byte[] Nonce = new byte[Genesis.NonceBytes];
    private static readonly VolumeId Volume = Genesis.VolumeOf(Alice.Id, Nonce);
    private static readonly Operation Content = new Operation.Put(new EntryId(new Bits128(9, 9)), EntryId.Root, EntryName.Create("x"), default, false);

    private readonly List<AuthoredOperations> history = [];
    private ulong nextHash;

    [Fact]
    public void The_first_changeset_makes_its_author_the_owner()
    {
        Begin();
        var member = Assert.Single(Now.Members);
        Assert.Equal((Alice.Id, Role.Owner), (member.Person, member.Role));
        Assert.Equal(A.Certificate, Assert.Single(member.Devices));
        Assert.Equal(Alice.Id, Now.PersonOf(A.Device));
        Assert.Equal(Role.None, Now.RoleOf(Alice.Id, VersionVector.Empty));
    }

    [Fact]
    public void Nobody_else_can_begin_the_volume()
    {
        Assert.NotNull(Refusal(B, [], Owner(Bob, Nonce), new Operation.Device(B.Certificate)));
        Assert.NotNull(Refusal(B, [], Owner(Alice, Nonce), new Operation.Device(B.Certificate)));
        Assert.NotNull(Refusal(A, [], Owner(Alice, Nonce)));
        Assert.NotNull(Refusal(A, [], Owner(Alice, new byte[3]), new Operation.Device(A.Certificate)));
        Assert.NotNull(Refusal(A, [], new Operation.Member(Alice.Certificate, Role.Writer, Nonce), new Operation.Device(A.Certificate)));
        Assert.NotNull(Refusal(A, [], Content));
        Begin();
        Assert.NotNull(Refusal(B, [], Content));
        Assert.NotNull(Refusal(A, history, Owner(Alice, Nonce)));
    }

    [Fact]
    public void An_owner_adds_a_member_whose_device_then_introduces_itself()
    {
        Begin();
        var added = Write(A, Member(Bob, Role.Writer));
        Assert.Null(Now.PersonOf(B.Device));
        var introduced = Write(B, new Operation.Device(B.Certificate));
        Assert.Equal(Role.Writer, Now.RoleOf(B.Device));
        Assert.Equal(B.Certificate, Now.CertificateOf(B.Device));
        Assert.Equal(Role.None, Now.RoleOf(Bob.Id, added.Dependencies));
        Assert.Equal(Role.Writer, Now.RoleOf(Bob.Id, introduced.Dependencies));
    }

    [Fact]
    public void A_readers_change_is_refused_but_its_device_may_introduce_itself()
    {
        Begin();
        Join(Bob, B, Role.Reader);
        Assert.NotNull(Refusal(B, history, Content));
        Assert.NotNull(Refusal(B, history, Revise()));
        Assert.NotNull(Refusal(B, history, new Operation.Delete(default, default)));
        Assert.NotNull(Refusal(B, history, new Operation.Device(Bob.NewDevice("second").Certificate)));
        var second = Bob.NewDevice("second");
        Assert.Null(Refusal(second, history, new Operation.Device(second.Certificate)));
        Assert.NotNull(Refusal(second, history, new Operation.Device(second.Certificate), Content));
    }

    [Fact]
    public void A_writer_changes_content_and_own_devices_but_neither_members_nor_settings_nor_features()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        Join(Carol, C, Role.Writer);
        Assert.Null(Refusal(B, history, Content, Revise(), new Operation.Device(Bob.NewDevice("second").Certificate)));
        Assert.NotNull(Refusal(B, history, new Operation.Device(Carol.NewDevice("c2").Certificate)));
        Assert.NotNull(Refusal(B, history, Member(Dave, Role.Reader)));
        Assert.NotNull(Refusal(B, history, Remove(Carol)));
        Assert.NotNull(Refusal(B, history, new Operation.Setting("name", "x")));
        Assert.NotNull(Refusal(B, history, new Operation.Features(["x"])));
        Assert.Null(Refusal(A, history, Member(Dave, Role.Reader), new Operation.Device(D.Certificate), new Operation.Setting("name", "x"), new Operation.Features([])));
    }

    [Fact]
    public void A_stranger_and_another_volumes_changeset_are_refused()
    {
        Begin();
        Assert.NotNull(Refusal(B, history, Content));
        Assert.NotNull(Now.Refusal(Make(A, history, Content) with { Volume = default }));
    }

    [Fact]
    public void A_forged_device_certificate_is_refused()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        Assert.NotNull(Refusal(D, history, new Operation.Device(D.Certificate)));
        using var impostor = new TestPerson("Alice");
        var forged = impostor.NewDevice("a");
        Assert.NotNull(Refusal(forged, history, new Operation.Device(forged.Certificate)));
        Assert.NotNull(Refusal(A, history, new Operation.Device(forged.Certificate)));
    }

    [Fact]
    public void Of_two_persons_who_certify_one_device_the_first_in_order_wins()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        Join(Carol, C, Role.Writer);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DeviceCertificate byBob = Bob.Sign(key, "shared"), byCarol = Carol.Sign(key, "shared");
        var before = history.ToArray();
        Write(B, before, new Operation.Device(byBob));
        Write(C, before, new Operation.Device(byCarol));
        Assert.Equal(Bob.Id, Now.PersonOf(byBob.Device));
        Assert.NotNull(Refusal(C, history, new Operation.Device(byCarol)));
    }

    [Fact]
    public void What_a_device_says_of_itself_comes_before_what_another_person_claims()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        Join(Carol, C, Role.Writer);
        var before = history.ToArray();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = new DeviceKey(key, Carol.Sign(key, "c2"));
        Write(B, before, new Operation.Device(Bob.Sign(key, "mine")));
        Write(own, before, new Operation.Device(own.Certificate));
        Assert.Equal(Carol.Id, Now.PersonOf(own.Device));
    }

    [Fact]
    public void A_removed_members_later_and_back_dated_changes_are_void_and_the_counted_ones_stay()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        var known = Write(B, Content);
        var before = history.ToArray();
        Write(A, Remove(Bob, known.Tip));
        var backDated = Make(B, before, Content);
        Assert.Null(Now.Refusal(backDated));
        Assert.False(Now.Counts(backDated));
        Assert.True(Now.Counts(known));
        Assert.Equal(Role.None, Now.RoleOf(Bob.Id));
        Assert.NotNull(Refusal(B, history, Content));
        Assert.True(Now.Counts(Make(A, before, Content)));
    }

    [Fact]
    public void A_removed_members_devices_that_the_removal_does_not_name_count_for_nothing()
    {
        Begin();
        var joined = Join(Bob, B, Role.Writer);
        var second = Bob.NewDevice("second");
        var before = history.ToArray();
        Write(A, Remove(Bob, joined.Tip));
        var introduced = Write(second, before, new Operation.Device(second.Certificate), Content);
        Assert.False(Now.Counts(introduced));
    }

    [Fact]
    public void A_branch_that_a_removed_member_grows_beside_the_counted_tip_is_void()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        var before = history.ToArray();
        var counted = Write(B, Content);
        var fork = Make(B, before, Content);
        Assert.Equal(counted.Tip.Sequence, fork.Tip.Sequence);
        Write(A, Remove(Bob, counted.Tip));
        Assert.True(Now.Counts(counted));
        Assert.False(Now.Counts(fork));
    }

    [Fact]
    public void What_only_a_void_changeset_allowed_is_void_too()
    {
        Begin();
        var joined = Join(Bob, B, Role.Owner);
        var before = history.ToArray();
        Write(A, Remove(Bob, joined.Tip));
        var added = Write(B, before, Member(Dave, Role.Owner), new Operation.Device(D.Certificate));
        var dave = Write(D, [.. before, added], Member(Carol, Role.Owner));
        Assert.Equal([Alice.Id], Now.Members.Select(member => member.Person));
        Assert.False(Now.Counts(dave));
        Assert.False(Now.Counts(Make(D, [.. before, added, dave], Content)));
    }

    [Fact]
    public void Two_owners_who_remove_each_other_both_go_when_a_third_remains()
    {
        Begin();
        Join(Bob, B, Role.Owner);
        Join(Carol, C, Role.Owner);
        var before = history.ToArray();
        Write(A, before, Remove(Bob, Tips(B)));
        Write(B, before, Remove(Alice, Tips(A)));
        Assert.Equal([Carol.Id], Now.Members.Select(member => member.Person));
    }

    [Fact]
    public void Of_the_last_two_owners_who_remove_each_other_the_lower_in_order_alone_holds()
    {
        Begin();
        Join(Bob, B, Role.Owner);
        var before = history.ToArray();
        var lower = Write(A, before, Remove(Bob, Tips(B)));
        var higher = Write(B, before, Remove(Alice, Tips(A)));
        Assert.Equal(Role.Owner, Now.RoleOf(Alice.Id));
        Assert.Equal(Role.None, Now.RoleOf(Bob.Id));
        Assert.True(Now.Counts(lower));
        Assert.False(Now.Counts(higher));
    }

    [Fact]
    public void Three_owners_who_remove_each_other_in_a_ring_leave_one()
    {
        Begin();
        Join(Bob, B, Role.Owner);
        Join(Carol, C, Role.Owner);
        var before = history.ToArray();
        Write(A, before, Remove(Bob, Tips(B)));
        Write(B, before, Remove(Carol, Tips(C)));
        Write(C, before, Remove(Alice, Tips(A)));
        Assert.Single(Now.Members);
    }

    [Fact]
    public void Owners_who_demote_each_other_leave_an_owner()
    {
        Begin();
        Join(Bob, B, Role.Owner);
        var before = history.ToArray();
        Write(A, before, Member(Bob, Role.Reader));
        Write(B, before, Member(Alice, Role.Reader));
        Assert.Equal((Role.Owner, Role.Reader), (Now.RoleOf(Alice.Id), Now.RoleOf(Bob.Id)));
    }

    [Fact]
    public void The_last_owner_can_be_neither_removed_nor_demoted()
    {
        Begin();
        Join(Bob, B, Role.Writer);
        Assert.NotNull(Refusal(A, history, Remove(Alice)));
        Assert.NotNull(Refusal(A, history, Member(Alice, Role.Writer)));
        Assert.NotNull(Refusal(A, history, Remove(Dave)));
    }

    [Fact]
    public void A_member_added_again_counts_from_the_changes_that_know_of_it()
    {
        Begin();
        var joined = Join(Bob, B, Role.Writer);
        var before = history.ToArray();
        Write(A, Remove(Bob, joined.Tip));
        var meanwhile = Make(B, before, Content);
        Write(A, Member(Bob, Role.Writer));
        Assert.Equal(Role.Writer, Now.RoleOf(Bob.Id));
        Assert.False(Now.Counts(meanwhile));
        var after = Make(B, history, Content);
        Assert.Null(Now.Refusal(after));
        Assert.True(Now.Counts(after));
    }

    [Fact]
    public void A_role_given_without_knowing_of_the_removal_does_not_bring_the_member_back()
    {
        Begin();
        var joined = Join(Bob, B, Role.Writer);
        Join(Carol, C, Role.Owner);
        var before = history.ToArray();
        Write(A, before, Remove(Bob, joined.Tip));
        Write(C, before, Member(Bob, Role.Owner));
        Assert.Equal(Role.None, Now.RoleOf(Bob.Id));
    }

    [Fact]
    public void A_later_removal_that_does_not_count_an_earlier_one_undoes_it()
    {
        Begin();
        var bob = Join(Bob, B, Role.Owner);
        Join(Carol, C, Role.Writer);
        var removal = Write(B, Remove(Carol, Tips(C)));
        Assert.Equal(Role.None, Now.RoleOf(Carol.Id));
        Write(A, Remove(Bob, bob.Tip));
        Assert.False(Now.Counts(removal));
        Assert.Equal(Role.Writer, Now.RoleOf(Carol.Id));
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        Begin();
        Join(Bob, B, Role.Owner);
        Join(Carol, C, Role.Owner);
        var before = history.ToArray();
        Write(A, before, Remove(Bob, Tips(B)));
        Write(B, before, Remove(Alice, Tips(A)));
        Write(B, before, Member(Dave, Role.Owner));
        Write(C, Member(Alice, Role.Writer));
        var random = new Random(1);
        var expected = Now.Members.Select(m => (m.Person, m.Role)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            var shuffled = history.ToArray();
            random.Shuffle(shuffled);
            var one = shuffled.Aggregate(Membership.Of(Volume, []), (membership, changeset) => membership.With(changeset));
            Assert.Equal(expected, one.Members.Select(m => (m.Person, m.Role)));
        }
    }

    [Fact]
    public void Random_quarrels_of_owners_leave_an_owner_and_look_the_same_from_every_side()
    {
        (TestPerson Person, DeviceKey Key)[] all = [(Alice, A), (Bob, B), (Carol, C), (Dave, D)];
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            history.Clear();
            Begin();
            foreach (var (person, key) in all.Skip(1)) Join(person, key, Role.Owner);
            var seen = all.ToDictionary(one => one.Key, _ => history.ToList());
            for (var step = 0; step < 14; step++)
            {
                var (me, other) = (all[random.Next(4)], all[random.Next(4)]);
                if (random.Next(3) == 0)
                {
                    seen[me.Key] = [.. seen[me.Key].Union(seen[other.Key])];
                    continue;
                }
                var counted = seen[me.Key].Where(c => c.Device == other.Key.Device).Select(c => c.Tip).MaxBy(tip => tip.Sequence);
                Operation operation = random.Next(3) == 0 ? Member(other.Person, (Role)random.Next(1, 4)) : Remove(other.Person, counted);
                var changeset = Make(me.Key, seen[me.Key], operation);
                if (Membership.Of(Volume, seen[me.Key]).Refusal(changeset) is not null) continue;
                seen[me.Key].Add(changeset);
                history.Add(changeset);
            }
            var now = Now;
            var members = now.Members;
            Assert.True(members.Any(member => member.Role == Role.Owner), $"seed {seed}: no owner remains");
            var shuffled = history.ToArray();
            random.Shuffle(shuffled);
            var again = Membership.Of(Volume, shuffled);
            Assert.Equal(members.Select(m => (m.Person, m.Role)), again.Members.Select(m => (m.Person, m.Role)));
            Assert.All(history, changeset => Assert.Equal(now.Counts(changeset), again.Counts(changeset)));
        }
    }

    [Fact]
    public void Many_members_are_judged_without_delay()
    {
        Begin();
        for (var n = 0; n < 200; n++)
        {
            var person = n % 2 == 0 ? Member(Bob, (Role)(1 + n % 3)) : Member(Carol, Role.Writer);
            history.Add(Make(A, history, person));
        }
        history.Add(Make(A, history, Remove(Bob)));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(2, Now.Members.Length);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    private Membership Now => Membership.Of(Volume, history);

    private static Operation.Member Owner(TestPerson person, byte[] nonce) => new Operation.Member(person.Certificate, Role.Owner, nonce);

    private static Operation.Member Member(TestPerson person, Role role) => new Operation.Member(person.Certificate, role, default);

    private static Operation.RemoveMember Remove(TestPerson person, params Tip[] counted) => new Operation.RemoveMember(person.Id, [.. counted]);

    private static Operation.Revise Revise() => new Operation.Revise(
        Revision.Create(new RevisionFields(default, [], new RevisionState { Kind = DocumentKind.File }, null, 0)), null);

    private void Begin() => Write(A, Owner(Alice, Nonce), new Operation.Device(A.Certificate));

    private AuthoredOperations Join(TestPerson person, DeviceKey device, Role role)
    {
        Write(A, Member(person, role));
        return Write(device, new Operation.Device(device.Certificate));
    }

    private Tip[] Tips(DeviceKey device) => [history.Last(c => c.Device == device.Device).Tip];

    private string? Refusal(DeviceKey device, IEnumerable<AuthoredOperations> known, params Operation[] operations) =>
        Membership.Of(Volume, history).Refusal(Make(device, known, operations));

    private AuthoredOperations Write(DeviceKey device, params Operation[] operations) => Write(device, history.ToArray(), operations);

    private AuthoredOperations Write(DeviceKey device, IReadOnlyCollection<AuthoredOperations> known, params Operation[] operations)
    {
        var changeset = Make(device, [.. known, .. history.Where(c => c.Device == device.Device)], operations);
        Assert.Null(Now.Refusal(changeset));
        history.Add(changeset);
        return changeset;
    }

    private AuthoredOperations Make(DeviceKey device, IEnumerable<AuthoredOperations> known, params Operation[] operations)
    {
        var seen = known.ToArray();
        var author = AuthorId.Of(device.Device, 0);
        var vector = seen.Aggregate(VersionVector.Empty, (v, c) => v.Merge(VersionVector.Of([c.Tip])));
        var tip = new Tip(author, vector.SequenceOf(author) + 1, new ChangesetHash(new Bits256(++nextHash, 0, 0, 0)));
        return new AuthoredOperations(Volume, device.Device, tip, seen.Select(c => c.Lamport).DefaultIfEmpty().Max() + 1, vector, [.. operations]);
    }
}
