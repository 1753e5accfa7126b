using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Queries;

/// <summary>What is wrong with the text of a query, and where.</summary>
/// <param name="Position">Character of the text, from 0; its length when something lacks at the end.</param>
/// <param name="Length">Characters that are meant; 0 at the end.</param>
/// <param name="Message">A sentence that says what to do.</param>
public sealed record QueryError(int Position, int Length, string Message)
{
    /// <summary>Characters of the text that are shown on each side of the place.</summary>
    private const int Around = 60;

    /// <summary>The sentence, and below it the place in the text, pointed at.</summary>
    public string Point(string text)
    {
        var from = Math.Max(0, Position - Around);
        var to = Math.Min(text.Length, Position + Math.Max(Length, 1) + Around);
        var shown = new string([.. text[from..to].Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        var lead = from > 0 ? "…" : "";
        var mark = new string('^', Math.Clamp(Length, 1, Math.Max(1, to - Position)));
        return $"{Message}\n  {lead}{shown}{(to < text.Length ? "…" : "")}\n  {new string(' ', lead.Length + Position - from)}{mark}";
    }

    public PeerDriveException ToException(string text) => new(ErrorKind.Invalid, Point(text));
}
