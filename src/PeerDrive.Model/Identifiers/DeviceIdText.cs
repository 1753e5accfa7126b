using System.Text;

namespace PeerDrive.Model.Identifiers;

/// <summary>
/// The form of a DeviceId that people read out: 52 Base32 characters in four runs of 13, each followed by a check character,
/// shown in eight groups of seven: <c>AAAAAAA-BBBBBBB-…</c>. A check character finds every single wrong character and every
/// swap of two neighbours (Luhn's algorithm would miss A against 7).
/// </summary>
public static class DeviceIdText
{
    private const int Run = 13, Runs = 4, Group = 7;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Format(DeviceId id)
    {
        var plain = Base32.Encode(id.ToBytes());
        var text = new StringBuilder(64);
        for (var run = 0; run < Runs; run++)
        {
            var part = plain.AsSpan(run * Run, Run);
            text.Append(part).Append(Check(part));
        }
        for (var at = text.Length - Group; at > 0; at -= Group) text.Insert(at, '-');
        return text.ToString();
    }

    /// <summary>Parses what a person typed: case, blanks and dashes do not matter.</summary>
    public static bool TryParse(string typed, out DeviceId id)
    {
        id = default;
        if (typed.Length > 200) return false;
        var text = string.Concat(typed.Where(c => c is not ('-' or ' '))).ToUpperInvariant();
        if (text.Length != Runs * (Run + 1) || text.Any(c => !Alphabet.Contains(c, StringComparison.Ordinal))) return false;
        var plain = new StringBuilder(Run * Runs);
        for (var run = 0; run < Runs; run++)
        {
            var part = text.AsSpan(run * (Run + 1), Run);
            if (Check(part) != text[run * (Run + 1) + Run]) return false;
            plain.Append(part);
        }
        if (!Base32.TryDecode(plain.ToString(), out var bytes) || bytes.Length != DeviceId.Size) return false;
        id = DeviceId.Read(bytes);
        return true;
    }

    /// <summary>
    /// The run as a polynomial over GF(2^5) modulo x^5 + x^2 + 1, evaluated at x: neighbours weigh differently, and no weight is zero.
    /// </summary>
    private static char Check(ReadOnlySpan<char> part)
    {
        var sum = 0;
        foreach (var c in part) sum = TimesX(sum ^ Alphabet.IndexOf(c, StringComparison.Ordinal));
        return Alphabet[sum];
    }

    private static int TimesX(int element) => (element << 1) ^ ((element & 0b10000) != 0 ? 0b100101 : 0);
}
