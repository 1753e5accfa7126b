using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Addresses;

/// <summary>
/// What a document is called for ever, wherever it lies: <c>pd:VOLUME/DOCUMENT</c> is what it shows now, <c>pd:VOLUME/DOCUMENT@REVISION</c> is one version; a
/// path behind either goes on from a folder, and <c>pd:VOLUME</c> alone is the top folder. Ids are whole and in hexadecimal digits.
/// </summary>
/// <param name="Document">Null: the top folder.</param>
/// <param name="Revision">Null: the head that is shown.</param>
/// <param name="Path">Names with slashes between them, as people write them; empty: the document itself.</param>
public sealed record Address(VolumeId Volume, DocumentId? Document, RevisionId? Revision, string Path)
{
    /// <summary>Letters of an address: twice the longest path that Linux takes.</summary>
    public const int MaxLetters = 8192;

    private const string Scheme = "pd:";

    /// <summary>Whether a text is meant as an address; <c>pd:/path</c> is a place in a volume of that name.</summary>
    public static bool IsAddress(string text) => text.Length > Scheme.Length && text.StartsWith(Scheme, StringComparison.Ordinal) && text[Scheme.Length] != '/';

    /// <exception cref="PeerDriveException">Invalid: it is no address; the message says what is wrong with it.</exception>
    public static Address Parse(string text)
    {
        if (text.Length > MaxLetters) throw new PeerDriveException(ErrorKind.Invalid, $"An address has at most {MaxLetters} letters, not {text.Length}.");
        if (!IsAddress(text)) throw Malformed(text, "it begins with pd: and a volume's id");
        if (text.Any(char.IsControl)) throw Malformed(text, "it has no control characters");
        var rest = text.AsSpan(Scheme.Length);
        var volumeText = Cut(ref rest);
        if (!Id.TryParse<VolumeId>(volumeText, out var volume)) throw Malformed(text, $"the volume's id has {VolumeId.Size * 2} hexadecimal digits");
        if (rest.Trim('/').IsEmpty) return new Address(volume, null, null, "");
        var named = Cut(ref rest);
        var at = named.IndexOf('@');
        RevisionId? revision = null;
        if (at >= 0)
        {
            if (!Id.TryParse<RevisionId>(named[(at + 1)..], out var pinned)) throw Malformed(text, $"the version's id has {RevisionId.Size * 2} hexadecimal digits");
            revision = pinned;
            named = named[..at];
        }
        if (!Id.TryParse<DocumentId>(named, out var document)) throw Malformed(text, $"the document's id has {DocumentId.Size * 2} hexadecimal digits");
        var parts = rest.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Any(part => part is "." or "..")) throw Malformed(text, "its path has no '.' and no '..'");
        return new Address(volume, document, revision, string.Join('/', parts));
    }

    public override string ToString()
    {
        if (Document is not { } document) return $"{Scheme}{Volume.ToHex()}";
        return $"{Scheme}{Volume.ToHex()}/{document.ToHex()}{(Revision is { } revision ? $"@{revision.ToHex()}" : "")}{(Path.Length > 0 ? $"/{Path}" : "")}";
    }

    /// <summary>Takes what comes before the next slash.</summary>
    private static ReadOnlySpan<char> Cut(ref ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var part = slash < 0 ? rest : rest[..slash];
        rest = slash < 0 ? [] : rest[(slash + 1)..];
        return part;
    }

    private static PeerDriveException Malformed(string text, string rule)
    {
        const int shown = 120;
        var named = string.Concat(text.Take(shown).Select(letter => char.IsControl(letter) ? '?' : letter));
        return new PeerDriveException(ErrorKind.Invalid, $"'{named}{(text.Length > shown ? "…" : "")}' is no address: {rule}, as in pd:VOLUME/DOCUMENT; 'peerdrive address' prints one.");
    }
}
