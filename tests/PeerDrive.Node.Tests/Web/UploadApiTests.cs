using System.Net;
using System.Net.Sockets;
using System.Text;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Tests.Web;

/// <summary>Uploads in pieces.</summary>
public sealed class UploadApiTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 3 << 20).Select(n => (byte)(n * 2_654_435_761 >> 13))];

    [Fact]
    public async Task A_file_comes_in_pieces_over_broken_connections_and_a_restart()
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-upload-").FullName;
        try
        {
            string upload;
            await using (var first = await TestNode.StartAsync(home: home))
            {
                await first.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
                upload = await first.Client.BeginUploadAsync("Photos", "/film.bin", Bytes.Length, "none", "from the camera", default);
                Assert.Equal(1_000_000, await first.Client.ContinueUploadAsync(upload, 0, Part(0, 1_000_000), default));
                await BreakOffAsync(first, upload, 1_000_000, 500_000);
                await Until.TrueAsync(async () => await first.Client.UploadedAsync(upload, default) == 1_500_000);
                Assert.Empty(await first.Client.ListAsync("Photos", "/", false, default));
            }
            await using var second = await TestNode.StartAsync(home: home);
            Assert.Equal(1_500_000, await second.Client.UploadedAsync(upload, default));
            Assert.Equal("Conflict", (await TestNode.ProblemAsync(() => second.Client.ContinueUploadAsync(upload, 1_400_000, Part(1_400_000, 5), default))).Kind);
            Assert.Equal(Bytes.Length, await second.Client.ContinueUploadAsync(upload, 1_500_000, Part(1_500_000, Bytes.Length - 1_500_000), default));
            using var back = new MemoryStream();
            await using (var read = await second.Client.ReadAsync("Photos", "/film.bin", null, default)) await read.CopyToAsync(back);
            Assert.Equal(Bytes, back.ToArray());
            Assert.Equal("from the camera", Assert.Single(await second.Client.LogAsync("Photos", "/film.bin", default)).Comment);
            // Who did not hear the answer asks, or says it again, and nothing happens twice.
            Assert.Equal(Bytes.Length, await second.Client.UploadedAsync(upload, default));
            Assert.Equal(Bytes.Length, await second.Client.ContinueUploadAsync(upload, Bytes.Length, Stream.Null, default));
            Assert.Single(await second.Client.LogAsync("Photos", "/film.bin", default));
            await second.Client.RemoveUploadAsync(upload, default);
            Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => second.Client.ContinueUploadAsync(upload, 0, Stream.Null, default))).Kind);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(home, "uploads")));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task An_empty_file_is_written_at_once_and_one_that_changed_meanwhile_is_not_overwritten()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Client.BeginUploadAsync("Photos", "/empty", 0, null, "", default);
        Assert.Equal(0, Assert.Single(await node.Client.ListAsync("Photos", "/", false, default)).Size);

        var upload = await node.Client.BeginUploadAsync("Photos", "/a", 3, "none", "", default);
        await node.Client.WriteAsync("Photos", "/a", new MemoryStream("other"u8.ToArray()), default);
        Assert.Equal("Conflict", (await TestNode.ProblemAsync(() => node.Client.ContinueUploadAsync(upload, 0, new MemoryStream("new"u8.ToArray()), default))).Kind);
        Assert.Equal("other", await node.TextAsync("Photos", "/a"));
        // Its bytes stay for who makes room for them.
        await node.Client.DeleteAsync("Photos", "/a", default);
        Assert.Equal(3, await node.Client.ContinueUploadAsync(upload, 3, Stream.Null, default));
        Assert.Equal("new", await node.TextAsync("Photos", "/a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("same")]
    public async Task What_was_to_be_new_is_refused_where_a_file_with_the_same_bytes_is(string text)
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Client.WriteAsync("Photos", "/a", new MemoryStream(Encoding.UTF8.GetBytes(text)), default);
        Assert.Equal("Conflict", (await TestNode.ProblemAsync(async () => await node.Client.ContinueUploadAsync(
            await node.Client.BeginUploadAsync("Photos", "/a", text.Length, "none", "", default), 0, new MemoryStream(Encoding.UTF8.GetBytes(text)), default))).Kind);
        Assert.Single(await node.Client.LogAsync("Photos", "/a", default));
    }

    [Theory]
    [InlineData(1, 8 * 24, true)]
    [InlineData(1, 6 * 24, false)]
    [InlineData(3, 2, true)]
    public async Task An_upload_that_nobody_goes_on_with_ends_and_one_that_is_done_sooner(int sent, int hours, bool ends)
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-upload-").FullName;
        try
        {
            string upload;
            await using (var first = await TestNode.StartAsync(home: home))
            {
                await first.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
                upload = await first.Client.BeginUploadAsync("Photos", "/a", 3, null, "", default);
                await first.Client.ContinueUploadAsync(upload, 0, Part(0, sent), default);
            }
            File.SetLastWriteTimeUtc(Path.Combine(home, "uploads", upload + ".part"), DateTime.UtcNow - TimeSpan.FromHours(hours));
            // What a crash left beside goes too.
            await File.WriteAllTextAsync(Path.Combine(home, "uploads", "left.json.new"), "");
            await using var second = await TestNode.StartAsync(home: home);
            Assert.Equal(ends ? [] : new[] { upload + ".json", upload + ".part" }, Directory.EnumerateFiles(Path.Combine(home, "uploads")).Select(Path.GetFileName).Order());
            if (ends) Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => second.Client.UploadedAsync(upload, default))).Kind);
            else Assert.Equal(sent, await second.Client.UploadedAsync(upload, default));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Hostile_uploads_are_refused()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        Assert.Equal("NoSpace", (await TestNode.ProblemAsync(() => node.Client.BeginUploadAsync("Photos", "/huge", long.MaxValue, null, "", default))).Kind);
        foreach (var path in new[] { "/", "/..", "/a/../../b", "/x\0y", "" }) Assert.NotNull(await TestNode.ProblemAsync(() => node.Client.BeginUploadAsync("Photos", path, 1, null, "", default)));
        var upload = await node.Client.BeginUploadAsync("Photos", "/a", 3, null, "", default);
        Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.ContinueUploadAsync(upload, 0, new MemoryStream("four"u8.ToArray()), default))).Kind);
        Assert.Empty(await node.Client.ListAsync("Photos", "/", false, default));
        foreach (var id in new[] { "..", "../api-token", "%2e%2e%2fapi-token", new string('a', 5_000) }) await Assert.ThrowsAsync<PeerDriveProblemException>(() => node.Client.ContinueUploadAsync(id, 0, Stream.Null, default));
        using var http = RawClient.For(node.Node.SocketPath);
        using var withoutVersion = await http.PostAsync("http://x/api/v1/volumes/Photos/uploads", null);
        Assert.Equal(HttpStatusCode.BadRequest, withoutVersion.StatusCode);
    }

    private static MemoryStream Part(int from, int count) => new(Bytes, from, count);

    /// <summary>Says that all the rest comes, sends a part of it, and is gone.</summary>
    private static async Task BreakOffAsync(TestNode node, string upload, int from, int count)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(node.Node.SocketPath));
        await socket.SendAsync(Encoding.ASCII.GetBytes($"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {from}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {Bytes.Length - from}\r\n\r\n"));
        for (var sent = 0; sent < count;) sent += await socket.SendAsync(Bytes.AsMemory(from + sent, count - sent));
        await Until.TrueAsync(() => Task.FromResult(new FileInfo(Path.Combine(node.Home, "uploads", upload + ".part")).Length == from + count));
    }
}
