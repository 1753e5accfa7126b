namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>One mount for many tests; each works in a directory of its own.</summary>
public sealed class MountedFixture : IAsyncLifetime
{
    internal Daemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync() => Daemon = await Daemon.StartAsync();

    public async Task DisposeAsync() => await Daemon.DisposeAsync();
}
