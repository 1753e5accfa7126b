using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.Storage.Tests.Drafts;

/// <summary>Random histories of a draft beside an array of bytes.</summary>
public sealed class DraftModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_draft_is_what_was_written_to_it_and_is_stored_as_if_it_were_cut_anew(int seed)
    {
        await using var replica = await TestReplica.CreateAsync();
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            var start = random.Next(3) switch { 0 => 0, 1 => random.Next(200_000), _ => random.Next(3_000_000) };
            var model = new DraftModel(replica.Volume, TestReplica.RandomBytes(start, random.Next()), random);
            for (var step = random.Next(1, 40); step > 0; step--) model.Step();
            model.Check();
            model.StoreAndCheck();
            for (var step = random.Next(1, 10); step > 0; step--) model.Step();
            model.Check();
            model.StoreAndCheck();
            replica.Volume.Drafts.Discard([model.Draft]);
            Assert.Equal(ErrorKind.Cancelled, Assert.Throws<PeerDriveException>(() => model.Draft.Read(0, new byte[1])).Kind);
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
        Assert.Empty(replica.Volume.Drafts.Recover());
    }

    [Theory]
    [InlineData(1_500_000)]
    [InlineData(18_000_000)]
    public async Task Edits_at_just_the_places_where_chunks_begin_and_end_are_cut_as_if_all_were_cut_anew(int length)
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var start = TestReplica.RandomBytes(length, length);
        // Zeros are cut at the greatest length only, and hide in each other.
        start.AsSpan(length / 3, length / 4).Clear();
        var basis = store.Store(start);
        var cuts = new List<int> { 0 };
        foreach (var leaf in store.Leaves(basis)) cuts.Add(cuts[^1] + (int)leaf.Size);
        Assert.True(cuts.Count > 10);
        var random = new Random(length);
        for (var round = 0; round < 12; round++)
        {
            var bytes = (byte[])start.Clone();
            var draft = replica.Volume.Drafts.Begin(basis);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = Math.Clamp(cuts[random.Next(cuts.Count)] + random.Next(-1, 2), 0, bytes.Length);
                switch (random.Next(4))
                {
                    case 0:
                        draft.Resize(at);
                        Array.Resize(ref bytes, at);
                        break;
                    case 1:
                        var longer = bytes.Length + random.Next(1, 2_000_000);
                        draft.Resize(longer);
                        Array.Resize(ref bytes, longer);
                        break;
                    default:
                        var source = new byte[Math.Min(random.Next(1, 3), bytes.Length - at)];
                        if (random.Next(2) == 0) random.NextBytes(source);
                        draft.Write(at, source);
                        source.CopyTo(bytes, at);
                        break;
                }
            }
            Assert.Equal(store.Store(bytes, basis.Chunking), replica.Volume.Drafts.Store(draft, 0, null, CancellationToken.None));
            replica.Volume.Drafts.Discard([draft]);
        }
    }
}
