namespace PeerDrive.Storage.Catalog;

/// <summary>The beginning of an id in hexadecimal digits, as the range of the ids that begin so.</summary>
internal readonly struct HexPrefix
{
    private readonly string digits;

    private HexPrefix(string digits) => this.digits = digits;

    /// <summary>Null: other characters than hexadecimal digits, or none.</summary>
    public static HexPrefix? Parse(string digits) => digits.Length > 0 && digits.All(char.IsAsciiHexDigit) ? new HexPrefix(digits) : null;

    /// <param name="size">Length of the ids in bytes; a longer prefix matches none.</param>
    public byte[] First(int size) => Convert.FromHexString(digits.Length > size * 2 ? new string('f', size * 2) : digits.PadRight(size * 2, '0'));

    /// <inheritdoc cref="First"/>
    public byte[] Last(int size) => Convert.FromHexString(digits.Length > size * 2 ? new string('0', size * 2) : digits.PadRight(size * 2, 'f'));
}
