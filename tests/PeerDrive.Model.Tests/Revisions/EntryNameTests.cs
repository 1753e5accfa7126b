using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Revisions;

public sealed class EntryNameTests
{
    [Fact]
    public void Any_bytes_survive_being_shown_and_typed()
    {
        var random = new Random(1);
        for (var n = 0; n < 5000; n++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i++) if (random.Next(3) == 0) bytes[i] = (byte)@"\x0a "[random.Next(5)];
            Assert.Equal(bytes, EntryName.FromDisplay(EntryName.Display(bytes)));
        }
    }

    [Theory]
    [InlineData("a\nb", @"a\x0ab")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData("grün €", "grün €")]
    public void Control_characters_and_backslashes_are_shown_escaped(string name, string shown) => Assert.Equal(shown, EntryName.Create(name).ToString());

    [Fact]
    public void Invalid_utf8_is_shown_escaped() => Assert.Equal(@"a\xff\xc3", EntryName.Display([(byte)'a', 0xFF, 0xC3]));

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"\x")]
    [InlineData(@"\x1")]
    [InlineData(@"\xg0")]
    [InlineData(@"\x 1")]
    [InlineData(@"\n")]
    public void An_unknown_escape_is_refused(string typed) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => EntryName.FromDisplay(typed)).Kind);

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        Assert.Equal(255, EntryName.Create(new string('x', 255)).Bytes.Length);
        Assert.Equal(ErrorKind.NameTooLong, Assert.Throws<PeerDriveException>(() => EntryName.Create(new string('x', 256))).Kind);
    }
}
