using System.Globalization;

namespace PeerDrive.Storage.Volumes;

/// <summary>Keys of the settings that replicate with a volume.</summary>
public static class VolumeSettings
{
    public const string Name = "name";

    /// <summary>The VolumeId, in hexadecimal, of the group to whose members this volume is offered; only offers have it.</summary>
    public const string OfferGroup = "offer";

    /// <summary>Where an offer is in the common tree: names separated by slashes, as people write them.</summary>
    public const string OfferPlace = "offer.place";

    /// <summary>How many other devices have to hold a content before a device drops it; a number.</summary>
    public const string Copies = "copies";

    /// <summary>The most that <see cref="Copies"/> may ask for.</summary>
    public const int MostCopies = 16;

    /// <summary><c>merge</c>, <c>latest</c> or <c>manual</c>.</summary>
    public const string MergeRule = "merge";

    /// <summary>What <see cref="Copies"/> says; null: nothing, or no number from 1 to <see cref="MostCopies"/>.</summary>
    public static int? ParseCopies(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var copies) && copies is >= 1 and <= MostCopies ? copies : null;
}
