using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;

namespace PeerDrive.Model.Tests.Tree;

public sealed class ShownNamesTests
{
    private static readonly EntryId First = new(new Bits128(0x1a2b3c4d00000000, 0)), Second = new(new Bits128(0x5e6f708100000000, 0));

    [Fact]
    public void The_second_of_a_name_is_named_by_its_device_before_the_extension() =>
        Assert.Equal("report (from laptop).txt", One("report.txt", "laptop"));

    [Fact]
    public void A_further_collision_adds_the_id() =>
        Assert.Equal("report (from laptop 1a2b3c4d).txt", One("report.txt", "laptop", "report (from laptop).txt"));

    [Fact]
    public void Even_a_name_that_somebody_chose_to_collide_is_avoided() =>
        Assert.Equal("r (from l 1a2b3c4d000000000000000000000000 2)",
            One("r", "l", "r (from l)", "r (from l 1a2b3c4d)", "r (from l 1a2b3c4d000000000000000000000000)"));

    [Theory]
    [InlineData(".bashrc", ".bashrc (from d)")]
    [InlineData("ends.", "ends. (from d)")]
    [InlineData("Dr. Strange and the long extension", "Dr. Strange and the long extension (from d)")]
    public void What_is_no_extension_stays_in_front(string name, string shown) => Assert.Equal(shown, One(name, "d"));

    [Fact]
    public void A_folder_has_no_extension()
    {
        var shown = ShownNames.Of([new RankedName(First, EntryName.Create("v1.0"), 1, true, "d")], _ => false);
        Assert.Equal("v1.0 (from d)", shown[First].ToString());
    }

    [Fact]
    public void A_device_name_cannot_smuggle_a_slash_and_an_empty_one_is_replaced()
    {
        Assert.Equal("a (from .._etc_x).b", One("a.b", "../etc/x"));
        Assert.Equal("a (from another device).b", One("a.b", " "));
    }

    [Fact]
    public void A_long_name_is_cut_between_characters_to_255_bytes()
    {
        foreach (var length in Enumerable.Range(80, 6))
        {
            var name = EntryName.Create(new string('x', length % 3) + string.Concat(Enumerable.Repeat("€", length - 3)) + ".txt");
            var shown = ShownNames.Of([new RankedName(First, name, 1, false, "laptop")], _ => false)[First];
            Assert.InRange(shown.Bytes.Length, 1, 255);
            Assert.EndsWith(" (from laptop).txt", new UTF8Encoding(false, true).GetString(shown.Bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_of_random_bytes_never_collide_whatever_the_order()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var plain = Enumerable.Range(0, 5).Select(_ => Name(random)).ToHashSet();
            var ranked = Enumerable.Range(1, 20).Select(n =>
                new RankedName(new EntryId(new Bits128((ulong)random.Next(3), (ulong)n)), plain.ElementAt(random.Next(plain.Count)), 1 + n, random.Next(2) == 0, new string('ü', random.Next(60)))).ToArray();
            var shown = ShownNames.Of(ranked, plain.Contains);
            Assert.Equal(20, shown.Values.Distinct().Count());
            Assert.DoesNotContain(shown.Values, plain.Contains);
            random.Shuffle(ranked);
            Assert.Equal(shown.OrderBy(s => s.Key), ShownNames.Of(ranked, plain.Contains).OrderBy(s => s.Key));
        }
    }

    private static EntryName Name(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 255 : random.Next(1, 20)];
        random.NextBytes(bytes);
        for (var i = 0; i < bytes.Length; i++) if (bytes[i] is 0 or (byte)'/' || random.Next(3) == 0) bytes[i] = 0x80;
        return EntryName.Create(bytes);
    }

    private static string One(string name, string device, params string[] taken)
    {
        var shown = ShownNames.Of([new RankedName(First, EntryName.Create(name), 1, false, device)], n => taken.Contains(n.ToString()));
        Assert.False(shown.ContainsKey(Second));
        return shown[First].ToString();
    }
}
