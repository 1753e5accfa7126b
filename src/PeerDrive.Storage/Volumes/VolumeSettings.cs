namespace PeerDrive.Storage.Volumes;

/// <summary>Keys of the settings that replicate with a volume.</summary>
public static class VolumeSettings
{
    public const string Name = "name";

    /// <summary><c>merge</c>, <c>latest</c> or <c>manual</c>.</summary>
    public const string MergeRule = "merge";
}
