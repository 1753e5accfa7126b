namespace PeerDrive.Posix.Exercising;

/// <summary>An operation as it is noted, for telling what led to a mismatch.</summary>
internal readonly record struct Step(long Number, string What, int File, long Offset, long Length, long Other)
{
    public override string ToString() => $"{Number} {What} file {File} offset {Offset} (0x{Offset:x}) length {Length} (0x{Length:x}) other {Other}";
}
