using System.Text;
using PeerDrive.Testing;

namespace PeerDrive.Extraction.Tests;

public class ExtractorTests
{
    [Theory]
    [InlineData("photo.jpg", "jpeg", "width=4000 height=3000 camera=Walrus Tusk 5 taken=2026-03-01T12:30:00Z iso=400", "")]
    [InlineData("image.png", "png", "width=640 height=480", "")]
    [InlineData("image.gif", "gif", "width=32 height=16", "")]
    [InlineData("sound.wav", "wav", "duration=2", "")]
    [InlineData("song.mp3", "mp3", "title=Song of the walrus artist=Ada album=Ice bitrate=128", "")]
    [InlineData("paper.pdf", "pdf", "pages=1 title=On walruses author=Ada date=2026-03-01T12:30:00Z", "The walrus")]
    [InlineData("letter.eml", "mail", "to=bo@example.org,cy@example.org subject=About the walrus date=2026-03-01T12:30:00Z attachments=1", "The walrus was here.")]
    [InlineData("text.docx", "docx", "title=Walrus report author=Ada date=2026-03-01T12:30:00Z pages=3", "The walrus\nswims.")]
    [InlineData("text.odt", "odt", "title=Walrus notes author=Bo", "A walrus")]
    [InlineData("table.xlsx", "xlsx", "", "walrus\nweight")]
    [InlineData("slides.pptx", "pptx", "", "Walrus facts")]
    [InlineData("archive.zip", "zip", "members=2 unpacked=6", "b/walrus.txt")]
    [InlineData("archive.tar", "tar", "members=3 unpacked=20", "walrus.txt")]
    [InlineData("archive.tar.gz", "tar.gz", "members=3 unpacked=20", "walrus.txt")]
    [InlineData("page.html", "html", "title=The & walrus", "Big walrus")]
    [InlineData("notes.txt", "text", "", "A walrus is no sea lion.")]
    public void Fields_and_text_are_read_out_of_each_format(string name, string format, string fields, string text)
    {
        var found = Extractors.Read(new MemoryStream(SampleFiles.All()[name]));
        Assert.Null(found.Problem);
        Assert.Equal(format, found.Format);
        var shown = " " + string.Join(' ', found.Fields.Select(field => $"{field.Name}={field.Value}")) + " ";
        foreach (var field in Split(fields)) Assert.Contains($" {field} ", shown, StringComparison.Ordinal);
        Assert.Contains(text, found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", found.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0 })]
    [InlineData(new byte[] { 0xC3 })]
    public void What_is_of_no_known_format_has_no_fields_and_is_no_problem(byte[] bytes)
    {
        var found = Extractors.Read(new MemoryStream(bytes));
        Assert.Equal(("", 0, "", null), (found.Format, found.Fields.Count, found.Text, found.Problem));
    }

    [Fact]
    public void Text_is_told_from_bytes_also_when_a_character_is_cut_at_the_end_of_what_was_read()
    {
        var text = Encoding.UTF8.GetBytes("Zwölf Walrösser 🦭");
        for (var length = 1; length <= text.Length; length++) Assert.Equal(ContentFormat.Text, FormatSniffer.Of(text.AsSpan(0, length)).Format);
        Assert.Equal(ContentFormat.Unknown, FormatSniffer.Of([.. text, 0]).Format);
        Assert.Equal(ContentFormat.Unknown, FormatSniffer.Of([0xFE, .. text]).Format);
        Assert.Equal(ContentFormat.Text, FormatSniffer.Of("name: value\nother: value\n"u8).Format);
        Assert.Equal(ContentFormat.Mail, FormatSniffer.Of("Subject: x\nFrom: y\n\nbody"u8).Format);
    }

    [Fact]
    public void Text_values_and_fields_are_capped_and_steer_no_terminal()
    {
        var long_ = "From: a@b.c\r\nTo: d@e.f\r\nSubject: x\u001b[31m" + new string('y', 100_000) + "\r\n\r\n" + new string('z', 1_000_000);
        var found = Extractors.Read(new MemoryStream(Encoding.UTF8.GetBytes(long_)));
        Assert.All(found.Fields, field => Assert.True(field.Value.Length <= ExtractionLimits.ValueLength && !field.Value.Any(char.IsControl), field.Name));
        Assert.Equal(ExtractionLimits.TextLength, found.Text.Length);
        var zip = SampleFiles.Zip([.. Enumerable.Range(0, 40_000).Select(n => ($"member-with-a-long-name-{n:D8}", Array.Empty<byte>()))]);
        var archive = Extractors.Read(new MemoryStream(zip));
        Assert.Equal("40000", archive.Fields.First(field => field.Name == "members").Value);
        Assert.Equal(ExtractionLimits.TextLength, archive.Text.Length);
    }

    private static IEnumerable<string> Split(string fields)
    {
        // A value has blanks; a field begins with a name and an equals sign.
        var parts = fields.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var current = "";
        foreach (var part in parts)
        {
            if (part.Contains('=', StringComparison.Ordinal) && current.Contains('=', StringComparison.Ordinal))
            {
                yield return current;
                current = part;
            }
            else
            {
                current = current.Length == 0 ? part : current + " " + part;
            }
        }
        if (current.Length > 0) yield return current;
    }
}
