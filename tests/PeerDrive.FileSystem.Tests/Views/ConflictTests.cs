namespace PeerDrive.FileSystem.Tests.Views;

public sealed class ConflictTests : DriveFixture
{
    private const string Conflicts = ".peerdrive/conflicts";

    [Fact]
    public async Task Every_head_of_a_conflict_can_be_opened_until_it_is_resolved()
    {
        var other = await InviteAsync();
        await other.ReopenAsync();
        A.MakeFolder("docs");
        A.Write("docs/a.txt", "base");
        A.Write("quiet", "base");
        await A.FlushAsync();
        await A.SendAsync(other);
        await Soon.UntilAsync(() => other.Has("docs/a.txt"));
        Assert.Empty(A.List(Conflicts));
        A.Write("docs/a.txt", "from A");
        other.Write("docs/a.txt", "from B");
        await A.FlushAsync();
        await other.FlushAsync();
        await other.SendAsync(A);
        Assert.Equal(["docs%2Fa.txt"], A.List(Conflicts));
        var heads = A.List($"{Conflicts}/docs%2Fa.txt");
        Assert.Equal(2, heads.Length);
        Assert.Contains(heads, name => name.EndsWith("device 1", StringComparison.Ordinal));
        Assert.Contains(heads, name => name.EndsWith("device 2", StringComparison.Ordinal));
        Assert.Equal(["from A", "from B"], heads.Select(name => A.Read($"{Conflicts}/docs%2Fa.txt/{name}")).Order());
        Assert.All(heads, name => Assert.Equal(A.Read($"{Conflicts}/docs%2Fa.txt/{name}"), A.Read($".peerdrive/history/docs/a.txt/{name}")));
        Assert.False(A.Has($"{Conflicts}/docs%2Fa.txt/1"));
        Assert.False(A.Has($"{Conflicts}/quiet"));
        var entry = A.Committed("docs/a.txt")!;
        var state = A.Volume.Reader.ShownState(entry);
        await A.Volume.CommitAsync(edit => edit.Revise(entry.Id, state, [.. A.Volume.Reader.Heads(entry.Document).Select(head => head.Id)]));
        Assert.Empty(A.List(Conflicts));
        Assert.False(A.Has($"{Conflicts}/docs%2Fa.txt"));
    }
}
