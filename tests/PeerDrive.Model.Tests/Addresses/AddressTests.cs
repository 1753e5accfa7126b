using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Addresses;

public sealed class AddressTests
{
    private const string V = "00112233445566778899aabbccddeeff", D = "ffeeddccbbaa99887766554433221100";
    private static readonly string R = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    [Fact]
    public void An_address_names_a_volume_a_document_a_version_and_a_path_below()
    {
        Assert.Equal(new Address(Id.Decode<VolumeId>(Convert.FromHexString(V)), null, null, ""), Address.Parse($"pd:{V}"));
        var all = Address.Parse($"pd:{V}/{D}@{R}/sub folder/ä.txt");
        Assert.Equal((V, D, R, "sub folder/ä.txt"), (all.Volume.ToHex(), all.Document!.Value.ToHex(), all.Revision!.Value.ToHex(), all.Path));
        foreach (var text in new[] { $"pd:{V}", $"pd:{V}/{D}", $"pd:{V}/{D}/a", $"pd:{V}/{D}@{R}", $"pd:{V}/{D}@{R}/sub folder/ä.txt" }) Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Equal($"pd:{V}/{D}/a/b", Address.Parse($"pd:{V.ToUpperInvariant()}/{D.ToUpperInvariant()}//a//b/").ToString());
        Assert.Equal($"pd:{V}", Address.Parse($"pd:{V}//").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("pd:")]
    [InlineData("pd:/Work")]
    [InlineData("PD:{V}")]
    [InlineData("pd:{V}0")]
    [InlineData("pd:{V}@{R}")]
    [InlineData("pd:{V}/{D}0")]
    [InlineData("pd:{V}/{D}@")]
    [InlineData("pd:{V}/{D}@{D}")]
    [InlineData("pd:{V}/{D}@{R}@{R}")]
    [InlineData("pd:{V}/@{R}")]
    [InlineData("pd:{V}/docs/plan.txt")]
    [InlineData("pd:{V}/{D}/../../etc/passwd")]
    [InlineData("pd:{V}/{D}/a/./b")]
    [InlineData("pd:{V}/{D}/a\nb")]
    [InlineData("pd:{V}/{D}/a\0b")]
    public void What_is_no_address_is_refused_with_a_reason(string pattern)
    {
        var text = pattern.Replace("{V}", V, StringComparison.Ordinal).Replace("{D}", D, StringComparison.Ordinal).Replace("{R}", R, StringComparison.Ordinal);
        var problem = Assert.Throws<PeerDriveException>(() => Address.Parse(text));
        Assert.Equal(ErrorKind.Invalid, problem.Kind);
        Assert.Contains("no address", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }

    [Fact]
    public void A_place_in_a_volume_called_pd_is_no_address()
    {
        Assert.False(Address.IsAddress("pd:/plan.txt"));
        Assert.False(Address.IsAddress("pd:"));
        Assert.True(Address.IsAddress($"pd:{V}"));
    }

    [Fact]
    public void The_longest_address_is_taken_and_a_longer_one_refused_at_once()
    {
        var longest = $"pd:{V}/{D}/".PadRight(Address.MaxLetters, 'x');
        Assert.Equal(longest, Address.Parse(longest).ToString());
        Assert.Contains("at most", Assert.Throws<PeerDriveException>(() => Address.Parse(longest + "x")).Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<PeerDriveException>(() => Address.Parse("pd:" + new string('z', Address.MaxLetters - 3))).Message.Length < 400);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_parsed_is_an_address_that_says_the_same_again_or_is_refused_as_invalid(int seed)
    {
        var random = new Random(seed);
        string[] seeds = [$"pd:{V}", $"pd:{V}/{D}", $"pd:{V}/{D}@{R}", $"pd:{V}/{D}@{R}/a/b c", $"pd:{V}/{D}/ä/\\x41"];
        const string letters = "pd:/@.\\0123456789abcdefABCDEFxyz ä\u0000\n\ud83d\uffff%";
        var taken = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = new System.Text.StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(4); change > 0; change--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0: text[at] = letters[random.Next(letters.Length)]; break;
                    case 1: text.Insert(at, letters[random.Next(letters.Length)]); break;
                    case 2: text.Remove(at, random.Next(1, Math.Min(8, text.Length - at) + 1)); break;
                    default: text.Append(text.ToString(0, at)); break;
                }
                if (text.Length == 0) text.Append('p');
            }
            try
            {
                var address = Address.Parse(text.ToString());
                Assert.Equal(address, Address.Parse(address.ToString()));
                Assert.DoesNotContain("..", address.Path.Split('/'));
                taken++;
            }
            catch (PeerDriveException e)
            {
                Assert.Equal(ErrorKind.Invalid, e.Kind);
            }
        }
        Assert.InRange(taken, 1_000, 19_000);
    }
}
