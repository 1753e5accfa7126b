using System.Diagnostics;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A volume that asks for copies, set and looked at by the command line.</summary>
[Trait("speed", "slow")]
public sealed class CopiesTests
{
    private const int Quota = 20_000_000;

    [Fact]
    public async Task Two_caches_take_what_they_have_room_for_and_the_rest_is_told()
    {
        using var directories = new Directories();
        var source = directories.New("Files");
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount");
        await a.QuietAsync(0);
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount");
        await using var c = await RunningNode.StartAsync(directories.Path("c"), "--no-mount");
        foreach (var node in new[] { b, c })
        {
            await node.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep") { Policy = "cache:20MB" }, CancellationToken.None);
            await node.UntilAsync("the rights", status => status.Volumes is [{ Role: "writer" }]);
        }
        var volume = (await a.Client.VolumesAsync(CancellationToken.None))[0].Name;
        Assert.Contains("no number is asked for", await RunAsync(a, 0, "volume", "copies", volume), StringComparison.Ordinal);
        Assert.Contains("1 to 16", await RunAsync(a, 2, "volume", "copies", volume, "17"), StringComparison.Ordinal);
        await RunAsync(b, 5, "volume", "copies", volume, "2");
        await RunAsync(a, 0, "volume", "copies", volume, "2");

        for (var i = 0; i < 4; i++) Write(Path.Combine(source, $"file{i}"), i);
        await a.UntilAsync("two copies of all", status => status.Volumes[0] is { Files: 4, Copies: { Wanted: 2, Contents: 4, FewContents: 0, IsCounted: true } });
        var where = await RunAsync(a, 0, "where", volume);
        Assert.Equal(3, where.Split('\n').Count(line => line.Contains(" 4  ", StringComparison.Ordinal)));
        Assert.DoesNotContain("fewer", where, StringComparison.Ordinal);
        await b.UntilAsync("all to be here", status => status.Volumes[0] is { AbsentContents: 0, MissingContents: 0 });

        for (var i = 4; i < 14; i++) Write(Path.Combine(source, $"file{i}"), i);
        await a.UntilAsync("what there is no room for", status => status.Volumes[0] is { Files: 14, Copies: { Contents: 14, FewContents: > 0 and < 10, ComingContents: 0, IsCounted: true } });
        Assert.Contains("fewer than 2 copies on other devices", await RunAsync(a, 0, "status"), StringComparison.Ordinal);
        Assert.Contains("\"fewContents\"", await RunAsync(a, 0, "volume", "show", volume, "--json"), StringComparison.Ordinal);
        Assert.Contains("on fewer than 3 devices", await RunAsync(a, 0, "where", volume), StringComparison.Ordinal);
        foreach (var node in new[] { b, c })
        {
            Assert.InRange(new DirectoryInfo(Path.Combine(node.Home, "volumes")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), 5_000_000, Quota);
            Assert.Equal(0, (await node.Client.StatusAsync(CancellationToken.None)).Volumes[0].MissingContents);
        }

        await RunAsync(a, 0, "volume", "copies", volume, "none");
        await b.UntilAsync("nothing to be counted any more", status => status.Volumes[0].Copies is null);
    }

    private static async Task<string> RunAsync(RunningNode node, int code, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RunningNode.Repository, "peerdrive")) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments.Append("--home").Append(node.Home)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == code, $"peerdrive {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await error}");
        return output + await error;
    }

    private static void Write(string path, int seed)
    {
        var bytes = new byte[1_500_000];
        new Random(seed).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
    }
}
