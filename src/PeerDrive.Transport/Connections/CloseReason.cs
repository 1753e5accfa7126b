using System.Text;

namespace PeerDrive.Transport.Connections;

/// <summary>
/// The one reason for which a connection ended. On the wire: u8 kind, then text in UTF-8, at most
/// <see cref="TransportLimits.CloseTextBytes"/>. The text is for people and holds no secret.
/// </summary>
/// <param name="ByPeer">The peer gave the reason; its text is a claim.</param>
public sealed record CloseReason(CloseKind Kind, string Text, bool ByPeer = false)
{
    internal byte[] Encode()
    {
        var encoded = new byte[1 + TransportLimits.CloseTextBytes];
        encoded[0] = (byte)Kind;
        Encoding.UTF8.GetEncoder().Convert(Text, encoded.AsSpan(1), flush: true, out _, out var used, out _);
        return encoded[..(1 + used)];
    }

    /// <summary>Reads what a peer sent; control characters are replaced, so that a log stays readable.</summary>
    internal static CloseReason Decode(ReadOnlySpan<byte> encoded)
    {
        var kind = (CloseKind)encoded[0];
        var text = Encoding.UTF8.GetString(encoded[1..]);
        var clean = string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(source[i]) || IsFormat(source[i]) ? '?' : source[i];
        });
        return new CloseReason(Enum.IsDefined(kind) ? kind : CloseKind.Done, clean, ByPeer: true);
    }

    // Directional overrides could make a log line read as another.
    private static bool IsFormat(char c) => char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format;
}
