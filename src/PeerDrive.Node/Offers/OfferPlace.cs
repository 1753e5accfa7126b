using System.Collections.Immutable;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Offers;

/// <summary>Where an offer is in the common tree, as it is written in the offer's volume: <c>films/old</c>; empty or <c>/</c>: at the top.</summary>
internal static class OfferPlace
{
    /// <summary>Reads what may come from others.</summary>
    /// <returns>Null: it is no place, or an impossible one.</returns>
    public static ImmutableArray<EntryName>? TryParse(string text)
    {
        if (text.Length > OfferLimits.PlaceBytes || Encoding.UTF8.GetByteCount(text) > OfferLimits.PlaceBytes) return null;
        var names = ImmutableArray.CreateBuilder<EntryName>();
        foreach (var part in text.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (names.Count == OfferLimits.PlaceNames || !TryName(part, out var name)) return null;
            names.Add(name);
        }
        return names.DrainToImmutable();
    }

    public static string Format(ImmutableArray<EntryName> place) => string.Join('/', place);

    private static bool TryName(string part, out EntryName name)
    {
        name = default;
        try
        {
            var bytes = EntryName.FromDisplay(part);
            if (!EntryName.IsValid(bytes)) return false;
            name = EntryName.Create(bytes);
            return true;
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Invalid)
        {
            return false;
        }
    }
}
