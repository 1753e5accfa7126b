using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Identifiers;

public sealed class DeviceIdTextTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    [Fact]
    public void Text_parses_back_whatever_case_blanks_and_dashes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var id = Any(seed);
            var text = DeviceIdText.Format(id);
            Assert.Matches("^([A-Z2-7]{7}-){7}[A-Z2-7]{7}$", text);
            foreach (var typed in new[] { text, text.ToLowerInvariant(), text.Replace("-", ""), " " + text.Replace('-', ' ') })
                Assert.True(DeviceIdText.TryParse(typed, out var parsed) && parsed == id);
        }
    }

    [Fact]
    public void Every_single_wrong_character_is_found()
    {
        var text = DeviceIdText.Format(Any(1)).Replace("-", "");
        for (var at = 0; at < text.Length; at++)
            foreach (var c in Alphabet.Where(c => c != text[at]))
                Assert.False(DeviceIdText.TryParse(text[..at] + c + text[(at + 1)..], out _), $"{c} at {at}");
    }

    [Fact]
    public void Every_swap_of_neighbours_is_found()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var text = DeviceIdText.Format(Any(seed)).Replace("-", "");
            for (var at = 0; at + 1 < text.Length; at++)
            {
                if (text[at] == text[at + 1]) continue;
                Assert.False(DeviceIdText.TryParse(text[..at] + text[at + 1] + text[at] + text[(at + 2)..], out _), $"seed {seed}, swap at {at}");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAA-BBBBBBB")]
    [InlineData("0000000-0000000-0000000-0000000-0000000-0000000-0000000-0000000")]
    public void What_is_no_device_id_is_refused(string typed)
    {
        Assert.False(DeviceIdText.TryParse(typed, out _));
        Assert.False(DeviceIdText.TryParse(new string('A', 10_000), out _));
    }

    private static DeviceId Any(int seed)
    {
        var bytes = new byte[DeviceId.Size];
        new Random(seed).NextBytes(bytes);
        return DeviceId.Read(bytes);
    }
}
