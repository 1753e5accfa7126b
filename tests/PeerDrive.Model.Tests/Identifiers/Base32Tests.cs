using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Identifiers;

public sealed class Base32Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Encodes_the_examples_of_the_standard(string plain, string text)
    {
        Assert.Equal(text, Base32.Encode(System.Text.Encoding.ASCII.GetBytes(plain)));
        Assert.True(Base32.TryDecode(text.ToLowerInvariant(), out var bytes));
        Assert.Equal(plain, System.Text.Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public void Random_bytes_survive()
    {
        var random = new Random(1);
        for (var n = 0; n < 1000; n++)
        {
            var bytes = new byte[random.Next(70)];
            random.NextBytes(bytes);
            Assert.True(Base32.TryDecode(Base32.Encode(bytes), out var decoded));
            Assert.Equal(bytes, decoded);
        }
    }

    [Theory]
    [InlineData("M")]
    [InlineData("MZ")]
    [InlineData("MY=")]
    [InlineData("M1")]
    [InlineData("ſY")]
    public void What_no_encoder_writes_is_refused(string text) => Assert.False(Base32.TryDecode(text, out _));
}
