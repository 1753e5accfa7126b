using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests;

public class NodeLifeTests
{
    [Fact]
    public async Task A_started_node_tells_who_it_is_over_its_socket()
    {
        await using var node = await TestNode.StartAsync();
        var status = await node.Client.StatusAsync(default);
        Assert.Equal(("Ada", "Ada's laptop", node.Home), (status.PersonName, status.DeviceName, status.Home));
        Assert.Equal(Environment.ProcessId, status.ProcessId);
        Assert.Equal([$"127.0.0.1:{status.Port}"], status.Addresses);
        Assert.Empty(status.Problems);
    }

    [Fact]
    public async Task Home_and_socket_are_closed_to_other_users()
    {
        await using var node = await TestNode.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(node.Home));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.Node.SocketPath));
    }

    [Fact]
    public async Task A_second_node_in_the_same_home_is_refused_as_busy()
    {
        await using var node = await TestNode.StartAsync();
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => PeerDriveNode.StartAsync(TestNode.Options(node.Home), default));
        Assert.Equal(ErrorKind.Busy, refused.Kind);
        Assert.Contains(node.Home, refused.Message, StringComparison.Ordinal);
        Assert.Equal("Ada", (await node.Client.StatusAsync(default)).PersonName);
    }

    [Fact]
    public async Task A_stale_socket_is_replaced()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(NodeSocket.PathFor(home), "left behind by a crash");
        await using (var node = await TestNode.StartAsync(home: home)) Assert.Equal(home, (await node.Client.StatusAsync(default)).Home);
        Assert.False(File.Exists(NodeSocket.PathFor(home)));
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_home_whose_path_is_too_long_for_a_socket_works_by_the_same_rule_for_node_and_client()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, new string('l', 60), new string('o', 60), "home");
        Assert.False(NodeSocket.PathFor(home).StartsWith(home, StringComparison.Ordinal));
        await using (var node = await TestNode.StartAsync(home: home))
        {
            using var client = new PeerDriveClient(NodeSocket.PathFor(home), TimeSpan.FromSeconds(30));
            Assert.Equal(home, (await client.StatusAsync(default)).Home);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(NodeSocket.PathFor(home)));
        }
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task Identity_and_port_stay_the_same_over_a_restart()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        NodeStatus first, second;
        await using (var node = await TestNode.StartAsync(home: home)) first = await node.Client.StatusAsync(default);
        await using (var node = await TestNode.StartAsync(name: "Somebody else", home: home)) second = await node.Client.StatusAsync(default);
        Assert.Equal((first.Device, first.Person, first.PersonName, first.Port), (second.Device, second.Person, second.PersonName, second.Port));
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_remembered_port_that_is_taken_is_replaced_but_one_that_was_asked_for_is_not()
    {
        await using var holder = await TestNode.StartAsync();
        var port = (await holder.Client.StatusAsync(default)).Port;
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => PeerDriveNode.StartAsync(TestNode.Options(home) with { Port = port }, default));
        Assert.Equal(ErrorKind.Busy, refused.Kind);
        await File.WriteAllTextAsync(Path.Combine(home, "node.json"), $$"""{"port":{{port}}}""");
        await using (var node = await TestNode.StartAsync(home: home)) Assert.NotEqual(port, (await node.Client.StatusAsync(default)).Port);
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task Asking_it_to_stop_ends_the_wait()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.StopAsync(default);
        await node.Node.WaitForStopAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Nobody_listening_is_told_as_no_node_running()
    {
        using var client = new PeerDriveClient("/nonexistent/peerdrive.sock", TimeSpan.FromSeconds(5));
        var problem = await TestNode.ProblemAsync(() => client.StatusAsync(default));
        Assert.Equal("Unreachable", problem.Kind);
        Assert.Contains("peerdrive up", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_settings_are_named_and_not_overwritten()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var settings = Path.Combine(root.FullName, "node.json");
        await File.WriteAllTextAsync(settings, "{ not json");
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => PeerDriveNode.StartAsync(TestNode.Options(root.FullName), default));
        Assert.Equal(ErrorKind.Corrupt, refused.Kind);
        Assert.Contains(settings, refused.Message, StringComparison.Ordinal);
        Assert.Equal("{ not json", await File.ReadAllTextAsync(settings));
        root.Delete(recursive: true);
    }
}
