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
}
