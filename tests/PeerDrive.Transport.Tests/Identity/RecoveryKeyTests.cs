using PeerDrive.Model.Errors;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Identity;

public sealed class RecoveryKeyTests
{
    [Fact]
    public void A_key_read_from_paper_is_the_same_person()
    {
        using var key = RecoveryKey.Create();
        var text = key.ToText();
        Assert.Equal(68, text.Length);
        Assert.StartsWith("PDR1-", text, StringComparison.Ordinal);
        using var person = key.ToPerson("recovery");
        foreach (var typed in new[] { text, text.ToLowerInvariant(), text.Replace('-', ' '), text[5..], $"  {text[..30]}\n{text[30..]}\n" })
        {
            using var back = RecoveryKey.Parse(typed);
            using var again = back.ToPerson("recovery");
            Assert.Equal(person.Person, again.Person);
        }
    }

    [Fact]
    public void The_text_of_a_known_number_is_frozen()
    {
        // The number 1, by an independent implementation; its public key is the curve's base point.
        const string Text = "PDR1-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAYDMLJ";
        using var key = RecoveryKey.Parse(Text);
        Assert.Equal(Text, key.ToText());
        using var person = key.ToPerson("recovery");
        Assert.Equal("5cd252fb0ce8932436faf8ccd1040981b89ee4ad6b9fe9e2a2b7e71aacb27cd3", person.Person.ToString());
    }

    [Fact]
    public void A_number_that_is_no_key_is_refused_though_its_check_sum_is_right() =>
        Assert.Equal(
            ErrorKind.Invalid,
            Assert.Throws<PeerDriveException>(() => RecoveryKey.Parse("PDR1-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA-AALDGAB")).Kind);

    [Fact]
    public void Every_wrong_character_and_every_swap_is_found()
    {
        using var key = RecoveryKey.Create();
        var text = key.ToText();
        for (var i = 5; i < text.Length; i++)
        {
            if (text[i] == '-') continue;
            var wrong = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => RecoveryKey.Parse(wrong)).Kind);
        }
        var groups = text.Split('-');
        (groups[2], groups[3]) = (groups[3], groups[2]);
        Assert.Throws<PeerDriveException>(() => RecoveryKey.Parse(string.Join('-', groups)));
        Assert.Throws<PeerDriveException>(() => RecoveryKey.Parse(text[..^1]));
        Assert.Throws<PeerDriveException>(() => RecoveryKey.Parse(new string('A', 10_000)));
    }

    [Fact]
    public void The_secret_does_not_show_by_accident()
    {
        using var key = RecoveryKey.Create();
        Assert.DoesNotContain(key.ToText()[5..12], key.ToString(), StringComparison.Ordinal);
    }
}
