using System.Collections.Immutable;

namespace PeerDrive.Model.Merging;

/// <summary>What a text merge comes to.</summary>
public abstract record Diff3Result
{
    private Diff3Result()
    {
    }

    public sealed record Merged(ReadOnlyMemory<byte> Bytes) : Diff3Result;

    /// <param name="Hunks">In order; at least one.</param>
    public sealed record Overlap(ImmutableArray<Diff3Hunk> Hunks) : Diff3Result;

    /// <summary>Not merged as text: binary, too large, or too different to compare within bounds.</summary>
    public sealed record NoText(string Why) : Diff3Result;
}
