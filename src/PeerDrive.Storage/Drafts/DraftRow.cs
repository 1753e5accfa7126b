using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Drafts;

/// <summary>What is kept of a draft in the state database.</summary>
/// <param name="File">Number of the staging file; null when there is none.</param>
/// <param name="IsExternal">The staging file says by itself which bytes there are.</param>
/// <param name="Written">Encoded <see cref="ExtentSet"/>.</param>
/// <param name="Blanked">Encoded <see cref="ExtentSet"/>.</param>
internal sealed record DraftRow(ulong Id, long Version, ulong? File, bool IsExternal, long Length, Content Basis, byte[] Written, byte[] Blanked)
{
    public byte[] Claim { get; init; } = [];

    /// <summary>False: the row makes no sense, and what could be read of it is here.</summary>
    public bool IsSound { get; init; } = true;

    /// <summary>What the draft is once its staging file has become a raw file and is gone.</summary>
    public Content? Stored { get; init; }
}
