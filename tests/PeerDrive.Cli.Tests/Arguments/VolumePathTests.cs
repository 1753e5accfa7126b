using PeerDrive.Cli.Arguments;

namespace PeerDrive.Cli.Tests.Arguments;

public sealed class VolumePathTests
{
    [Theory]
    [InlineData("Work", "Work", "/")]
    [InlineData("Work:", "Work", "/")]
    [InlineData("Work:/", "Work", "/")]
    [InlineData("Work:/a/b.txt", "Work", "/a/b.txt")]
    [InlineData("Work:/a//b/", "Work", "/a/b")]
    [InlineData("Work:/12:30 notes", "Work", "/12:30 notes")]
    [InlineData("Work:/a:/b", "Work", "/a:/b")]
    [InlineData("My Files:/ä ö", "My Files", "/ä ö")]
    public void A_place_is_a_volume_and_a_path(string text, string volume, string path)
    {
        Assert.Equal(new VolumePath(volume, path), VolumePath.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":/a")]
    [InlineData("Work:a")]
    [InlineData("/home/ann")]
    public void What_is_no_place_is_refused(string text)
    {
        Assert.Null(VolumePath.Parse(text));
    }

    [Fact]
    public void An_address_is_a_place_in_the_volume_that_it_names()
    {
        string volume = new('a', 32), document = new('b', 32), revision = new('c', 64);
        var place = VolumePath.Parse($"pd:{volume}/{document}/x y")!;
        Assert.Equal((volume, $"pd:{volume}/{document}/x y", true, null), (place.Volume, place.Path, place.IsAddress, place.Revision));
        Assert.Equal($"pd:{volume}/{document}/x y", place.ToString());
        Assert.Equal(revision, VolumePath.Parse($"pd:{volume}/{document}@{revision}/x@y")!.Revision);
        Assert.Null(VolumePath.Parse($"pd:{volume}/{document}/x@y")!.Revision);
        Assert.Equal(new VolumePath(volume, "/"), VolumePath.Parse($"pd:{volume}"));
        Assert.Equal(new VolumePath(volume, "/"), VolumePath.Parse($"pd:{volume}//"));
        Assert.Equal(new VolumePath("pd", "/x"), VolumePath.Parse("pd:/x"));
        Assert.Equal(new VolumePath("pd", "/"), VolumePath.Parse("pd:"));
    }

    [Theory]
    [InlineData("pd:x")]
    [InlineData("pd:aaaa/bbbb")]
    [InlineData("pd:zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz/x")]
    [InlineData("pd:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/x")]
    public void What_begins_as_an_address_and_names_no_volume_is_refused_as_one(string text)
    {
        Assert.Null(VolumePath.Parse(text));
        Assert.Contains("no address", VolumePath.Fault(text), StringComparison.Ordinal);
    }
}
