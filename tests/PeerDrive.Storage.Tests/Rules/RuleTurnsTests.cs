using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Rules;

namespace PeerDrive.Storage.Tests.Rules;

public sealed class RuleTurnsTests
{
    [Fact]
    public async Task A_rule_that_waits_for_a_content_holds_no_other_up_not_even_between_the_same_volumes()
    {
        await using var fixture = await RuleFixture.CreateAsync(4);
        await fixture.WriteAsync(0, "slow/here", "here");
        await fixture.WriteAsync(0, "fast/b", "b");
        var late = fixture[3].Contents.Store("late"u8.ToArray());
        await fixture[0].CommitAsync(edit => edit.Create(fixture.At(0, "slow").Id, EntryName.Create("late"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = late }));
        var supply = new HeldSupply();
        fixture[0].Contents.Supply = supply;
        var slow = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge, fixture.At(0, "slow").Id);
        var beside = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge, fixture.At(0, "fast").Id);
        var other = fixture.Add(0, 2, RuleDirection.Mirror, RuleStrategy.Merge, fixture.At(0, "fast").Id);
        var waiting = fixture.RunAsync(slow);
        await supply.Asked.Task;

        await fixture.RunAsync(beside);
        await fixture.RunAsync(other);
        Assert.Equal(("b", "b"), (fixture.Text(1, "b"), fixture.Text(2, "b")));
        await fixture.WriteAsync(1, "b", "edited");
        await fixture.RunAsync(beside);
        Assert.Equal("edited", fixture.Text(0, "fast/b"));
        // What was planned before the wait is planned again after it.
        await fixture.MoveAsync(0, "slow/late", "slow", "renamed");
        Assert.False(waiting.IsCompleted);

        Assert.Equal(late, fixture[0].Contents.Store("late"u8.ToArray()));
        supply.Answer.SetResult();
        Assert.Empty((await waiting).Problems);
        Assert.Equal(("late", "here"), (fixture.Text(1, "renamed"), fixture.Text(1, "here")));
    }

    [Fact]
    public async Task A_wait_that_ends_in_vain_is_a_problem_of_that_document_and_a_cancelled_one_leaves_no_turn_taken()
    {
        await using var fixture = await RuleFixture.CreateAsync(3);
        var late = fixture[2].Contents.Store("late"u8.ToArray());
        await fixture[0].CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("late"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = late }));
        var rule = fixture.Add(0, 1, RuleDirection.OneWay, RuleStrategy.Merge);
        var first = new HeldSupply();
        fixture[0].Contents.Supply = first;
        using var cancel = new CancellationTokenSource();
        var cancelled = fixture.Pass(rule).RunAsync(null, (_, _) => { }, cancel.Token);
        await first.Asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var second = new HeldSupply();
        fixture[0].Contents.Supply = second;
        await fixture.WriteAsync(0, "b", "b");
        var waiting = fixture.RunAsync(rule);
        await second.Asked.Task;
        second.Answer.SetException(new PeerDriveException(ErrorKind.NotHere, "Nobody sent it."));
        Assert.Equal((RuleProblemKind.NotHere, "/late"), (Assert.Single((await waiting).Problems).Kind, (await waiting).Problems[0].Path));
        Assert.Equal("b", fixture.Text(1, "b"));
    }

    /// <summary>Brings what it is asked for when the test says so.</summary>
    private sealed class HeldSupply : ContentSupply
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task BringAsync(object reader, Content content, long offset, long length, CancellationToken cancellation)
        {
            Asked.TrySetResult();
            return Answer.Task.WaitAsync(cancellation);
        }

        public override void Expect(object reader, Content content, long offset, long length)
        {
            // It brings nothing ahead.
        }

        public override void Leave(object reader)
        {
            // It remembers no readers.
        }
    }
}
