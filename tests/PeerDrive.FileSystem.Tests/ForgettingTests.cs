namespace PeerDrive.FileSystem.Tests;

/// <summary>The kernel keeps what it was shown; a mount asks it not to.</summary>
public sealed class ForgettingTests : DriveFixture
{
    private const int Remembered = 64;

    internal override DriveSettings Settings => new() { RememberedNodes = Remembered };

    [Fact]
    public async Task Of_very_many_files_the_kernel_is_told_to_forget_those_that_nobody_uses()
    {
        A.MakeFolder("folder");
        var open = A.Create("open");
        open.Put("text");
        A.Write("closed", "text");
        await A.FlushAsync();
        Assert.DoesNotContain(A.Notices, notice => notice.Name == "closed");
        for (var i = 0; i < Remembered; i++) A.Write($"folder/file {i}", $"text {i}");
        await A.FlushAsync();
        await Soon.UntilAsync(() => A.Notices.Any(notice => notice.Name == "closed"));
        await Soon.UntilAsync(() => A.Notices.Count(notice => notice.Name?.StartsWith("file ", StringComparison.Ordinal) == true) >= Remembered / 4);
        Assert.DoesNotContain(A.Notices, notice => notice.Name is "open" or "folder");
        A.Forget();
        Assert.True(A.Drive.NodeCount < Remembered);
        Assert.Equal("text 7", A.Read("folder/file 7"));
        Assert.Equal("text", open.Text());
        open.Release();
    }
}
