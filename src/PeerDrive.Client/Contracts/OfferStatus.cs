namespace PeerDrive.Client.Contracts;

/// <summary>A directory that is offered to the members of a volume.</summary>
/// <param name="Volume">Id of the offer's own volume.</param>
/// <param name="Group">Name of the volume to whose members it is offered.</param>
/// <param name="Path">Where it is in the common tree.</param>
/// <param name="Owner">The person's name.</param>
/// <param name="Directory">Of an own offer, when it is open.</param>
/// <param name="State">offered, scanning or broken (own); shown or joining (of others).</param>
/// <param name="IsOnline">The device that offers it.</param>
public sealed record OfferStatus(
    string Volume, string Group, string Path, string Owner, string Device, bool IsOwn, string? Directory, string State, long Files, long Bytes, bool IsOnline)
{
    public string? Problem { get; init; }
}
