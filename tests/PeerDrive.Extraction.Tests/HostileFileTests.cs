using System.Diagnostics;
using PeerDrive.Testing;

namespace PeerDrive.Extraction.Tests;

/// <summary>Damaged files and bombs, in this process: what must be held here already. Workers and their limits are tried with whole nodes.</summary>
public class HostileFileTests
{
    private const int Rounds = 80;

    [Fact]
    public void Damaged_files_of_every_format_are_a_problem_or_none_and_never_an_exception()
    {
        foreach (var (name, file) in SampleFiles.All())
        {
            var random = new Random(16);
            for (var round = 0; round < Rounds; round++)
            {
                var mutated = SampleFiles.Mutated(file, random);
                var found = Read(name, mutated);
                Assert.True(found.Text.Length <= ExtractionLimits.TextLength && found.Fields.Count <= ExtractionLimits.Fields, $"{name}, round {round}");
            }
        }
    }

    [Theory]
    [InlineData("laughs.docx", true)]
    [InlineData("deep.odt", true)]
    [InlineData("zip-bomb.docx", true)]
    [InlineData("zeros.tar.gz", null)]
    [InlineData("huge.png", null)]
    [InlineData("huge-jpeg.jpg", false)]
    [InlineData("nested.eml", null)]
    [InlineData("loop.pdf", null)]
    [InlineData("huge-tag.mp3", null)]
    [InlineData("huge-chunk.wav", null)]
    public void A_bomb_ends_soon(string name, bool? isProblem)
    {
        var file = SampleFiles.Bombs()[name];
        Assert.True(file.Length < 400_000, $"{name} has {file.Length} bytes");
        var found = Read(name, file);
        if (isProblem is { } expected) Assert.Equal((name, expected), (name, found.Problem is not null));
    }

    private static Found Read(string name, byte[] file)
    {
        var clock = Stopwatch.StartNew();
        var found = Extractors.Read(new MemoryStream(file, writable: false));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"{name} took {clock.Elapsed}");
        return found;
    }
}
