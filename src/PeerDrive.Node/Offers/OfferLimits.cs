using PeerDrive.Sync;

namespace PeerDrive.Node.Offers;

/// <summary>Caps of offers, each with its reason.</summary>
internal static class OfferLimits
{
    /// <summary>Offers of one person that are joined, from all of the person's devices and in all groups: nobody fills the node alone.</summary>
    public const int PerPerson = SyncLimits.PresenceOffers;

    /// <summary>Offers of others that were opened since the start: each is an open replica, with a dozen files.</summary>
    public const int Joined = 128;

    /// <summary>Names in a place, and bytes of it: what a person would ever write.</summary>
    public const int PlaceNames = 16, PlaceBytes = 1024;
}
