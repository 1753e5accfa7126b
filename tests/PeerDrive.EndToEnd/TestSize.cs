namespace PeerDrive.EndToEnd;

/// <summary>Whether the tests run at the size of a release, or at one that shows that it works.</summary>
internal static class TestSize
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is not null;

    public static T Of<T>(T quick, T full) => IsFull ? full : quick;
}
