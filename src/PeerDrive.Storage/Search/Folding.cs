using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace PeerDrive.Storage.Search;

/// <summary>Texts as they are compared: small letters, without accents.</summary>
internal static class Folding
{
    /// <summary>A plain letter, and those that are it with an accent: what Unicode takes apart, which needs no tables of the machine's.</summary>
    private static readonly FrozenDictionary<char, char> Plain = new[]
    {
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
        "bḃḅḇ",
        "cçćĉċčḉ",
        "dďḋḍḏḑḓ",
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
        "fḟ",
        "gĝğġģǧǵḡ",
        "hĥȟḣḥḧḩḫẖ",
        "iìíîïĩīĭįǐȉȋḭḯỉị",
        "jĵǰ",
        "kķǩḱḳḵ",
        "lĺļľḷḹḻḽ",
        "mḿṁṃ",
        "nñńņňǹṅṇṉṋ",
        "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
        "pṕṗ",
        "rŕŗřȑȓṙṛṝṟ",
        "sśŝşšſșṡṣṥṧṩẛ",
        "tţťțṫṭṯṱẗ",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
        "vṽṿ",
        "wŵẁẃẅẇẉẘ",
        "xẋẍ",
        "yýÿŷȳẏẙỳỵỷỹ",
        "zźżžẑẓẕ",
    }.SelectMany(row => row.Skip(1).Select(letter => KeyValuePair.Create(letter, row[0]))).ToFrozenDictionary();

    public static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) continue;
            var small = Rune.ToLowerInvariant(rune);
            if (small.IsBmp && Plain.TryGetValue((char)small.Value, out var plain)) folded.Append(plain);
            else folded.Append(small);
        }
        return folded.ToString();
    }

    /// <summary>The words of a folded text with a blank around each; what is neither letter nor digit parts words.</summary>
    public static string Words(string folded)
    {
        var words = new StringBuilder(folded.Length + 2).Append(' ');
        foreach (var rune in folded.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) words.Append(rune);
            else if (words[^1] != ' ') words.Append(' ');
        }
        return words[^1] == ' ' ? words.ToString() : words.Append(' ').ToString();
    }

    /// <summary>A pattern with <c>*</c> and <c>?</c>, folded, as SQLite's GLOB takes it.</summary>
    public static string Glob(string pattern) => Fold(pattern).Replace("[", "[[]", StringComparison.Ordinal);
}
