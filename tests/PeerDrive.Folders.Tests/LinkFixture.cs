using PeerDrive.Model.Members;

namespace PeerDrive.Folders.Tests;

/// <summary>Folders on disk for one test, removed with it.</summary>
public abstract class LinkFixture : IAsyncLifetime
{
    private readonly string home = Directory.CreateTempSubdirectory("pd-folders-").FullName;
    private readonly List<Side> sides = [];

    /// <summary>Where a test may put what belongs to no device.</summary>
    internal string Home => home;

    internal Side A { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        A = await Side.CreateAsync(Path.Combine(home, "a"), 1);
        sides.Add(A);
    }

    public async Task DisposeAsync()
    {
        foreach (var side in sides) await side.DisposeAsync();
        Shell.Run("/", $"rm -rf {home}");
    }

    /// <summary>A device with a volume of its own.</summary>
    internal async Task<Side> AnotherAsync()
    {
        var other = await Side.CreateAsync(Path.Combine(home, $"another{sides.Count}"), 10 + sides.Count);
        sides.Add(other);
        return other;
    }

    /// <summary>A second device.</summary>
    internal async Task<Side> InviteAsync(Role role = Role.Writer)
    {
        var other = await A.InviteAsync(Path.Combine(home, "b"), role);
        sides.Add(other);
        return other;
    }

    /// <summary>Two devices with linked, empty directories.</summary>
    internal async Task<Side> LinkBothAsync()
    {
        var other = await InviteAsync();
        await A.LinkAsync();
        await other.LinkAsync();
        return other;
    }
}
