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
}
