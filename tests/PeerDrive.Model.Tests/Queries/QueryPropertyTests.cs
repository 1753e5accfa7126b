using PeerDrive.Model.Queries;

namespace PeerDrive.Model.Tests.Queries;

public sealed class QueryPropertyTests
{
    private static readonly string[] Texts =
        ["beach", "and", "or", "not", "a b", "\u00fc", "x\"y", "back\\slash", "-minus", "(open", "2026-01-01", "*", "1.5", "#tag", "tab\there", "\u6771\u4eac", "new\nline", "a:b", "is:here", "\ud83c\udf89 party"];

    [Fact]
    public void What_is_printed_is_read_as_the_same_query()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var query = new Query(Any(random, 3));
            var printed = query.ToString();
            var parsed = Query.TryParse(printed);
            Assert.True(parsed.IsQuery, $"seed {seed}: {printed}: {parsed.Error?.Message}");
            Assert.True(query == parsed.Query, $"seed {seed}: {printed} is read as {parsed.Query}");
            Assert.Equal(printed, parsed.Query.ToString());
        }
    }

    [Fact]
    public void Whatever_is_typed_is_a_query_or_told_to_be_none()
    {
        string[] seeds =
        [
            "beach \"exact phrase\" bea* name:*.jpg rating>=4 -tag:holiday", "(a or b) and not (type:image size>10M)", "modified:\"last week\" created<2026-01-01 in:/photos by:Ann is:conflict",
            "\"say \\\"hi\\\"\" text:x camera!=canon", "((((a))))",
        ];
        const string letters = "()\"\\-:=<>!*? abAND orNOT01\u00e4\ud83c\udf89\0\t\n";
        for (var seed = 0; seed < 100_000; seed++)
        {
            var random = new Random(seed);
            var text = seeds[random.Next(seeds.Length)].ToList();
            for (var change = random.Next(1, 8); change > 0 && text.Count > 0; change--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text.RemoveRange(at, random.Next(1, Math.Min(6, text.Count - at) + 1));
                        break;
                    case 1:
                        text.Insert(at, letters[random.Next(letters.Length)]);
                        break;
                    case 2:
                        text[at] = (char)random.Next(0x10000);
                        break;
                    default:
                        text.InsertRange(at, text[..random.Next(text.Count)]);
                        break;
                }
            }
            var typed = new string([.. text]);
            var parsed = Query.TryParse(typed, isTyping: seed % 2 == 0);
            if (parsed.IsQuery)
            {
                Assert.Equal(parsed.Query, Query.Parse(parsed.Query.ToString()));
                continue;
            }
            Assert.InRange(parsed.Error.Position, 0, typed.Length);
            Assert.InRange(parsed.Error.Position + parsed.Error.Length, 0, typed.Length + 1);
            Assert.Equal(3, parsed.Error.Point(typed).Split('\n').Length);
        }
    }

    private static QueryNode Any(Random random, int depth) => (depth == 0 ? 3 : random.Next(6)) switch
    {
        0 => QueryNode.AllOf(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Any(random, depth - 1)).ToList()),
        1 => QueryNode.AnyOf(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Any(random, depth - 1)).ToList()),
        2 => Any(random, depth - 1) is var part && part is QueryNode.Not not ? not.Part : new QueryNode.Not(part),
        _ => Leaf(random),
    };

    private static QueryNode Leaf(Random random)
    {
        var text = Texts[random.Next(Texts.Length)];
        var how = (Comparison)random.Next(1, 7);
        QueryTime[] times =
        [
            new QueryTime.Fixed(new DateTime(2026, random.Next(1, 13), random.Next(1, 29)), QueryTimeUnit.Day), new QueryTime.Fixed(new DateTime(2026, 2, 1), QueryTimeUnit.Month),
            new QueryTime.Fixed(new DateTime(2026, 2, 3, 4, 5, 0), QueryTimeUnit.Minute), new QueryTime.Fixed(new DateTime(1999, 1, 1), QueryTimeUnit.Year),
            new QueryTime.Back(random.Next(2), (QueryTimeUnit)random.Next(2, 6)), new QueryTime.Ago(random.Next(1, 100), (QueryTimeUnit)random.Next(6)),
        ];
        var hasLetters = text.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit);
        return random.Next(10) switch
        {
            0 => new QueryNode.Words(hasLetters ? text : "x", WordPlace.Anywhere, IsPhrase: true, IsPrefix: false),
            1 => new QueryNode.Words("word", (WordPlace)random.Next(3), IsPhrase: false, IsPrefix: false),
            2 => new QueryNode.Words("prefi", WordPlace.Anywhere, IsPhrase: false, IsPrefix: true),
            3 => new QueryNode.Name(random.Next(2) == 0 ? text : text + "*.jpg"),
            4 => random.Next(2) == 0 ? new QueryNode.Field("rating", how, "4") : new QueryNode.Field("my.field-1", random.Next(2) == 0 ? Comparison.Has : Comparison.NotEqual, text),
            5 => new QueryNode.Tag(text),
            6 => new QueryNode.Size(how, random.NextInt64(1L << random.Next(1, 62))),
            7 => new QueryNode.Time((QueryClock)random.Next(2), how, times[random.Next(times.Length)]),
            8 => random.Next(2) == 0 ? new QueryNode.In("/photos/" + text.Replace("/", "", StringComparison.Ordinal)) : new QueryNode.By(text),
            _ => random.Next(2) == 0 ? new QueryNode.Is((QueryState)random.Next(5)) : new QueryNode.Type("image"),
        };
    }
}
