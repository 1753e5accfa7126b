using System.Globalization;

namespace PeerDrive.Storage.Packs;

/// <summary>Number of a pack or raw file in one replica, counted up from 1 and never used again.</summary>
public readonly record struct PackId(uint Number)
{
    /// <summary>Eight hexadecimal digits: the file's name without its extension.</summary>
    public override string ToString() => Number.ToString("x8", CultureInfo.InvariantCulture);

    public static bool TryParse(ReadOnlySpan<char> text, out PackId id)
    {
        var good = uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && text.Length == 8 && number > 0;
        id = new PackId(number);
        return good;
    }
}
