using System.Globalization;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Volumes;

/// <summary>A file that somebody without a mount writes.</summary>
internal sealed record FileWrite(string Path)
{
    /// <summary>As <see cref="Seen"/>: nothing was there.</summary>
    public const string Nothing = "none";

    /// <summary>The revision that was shown to who writes, in hexadecimal digits, or <see cref="Nothing"/>; empty: whatever it is now.</summary>
    public string Seen { get; init; } = "";

    /// <summary>Folders above that are missing are made.</summary>
    public bool MakesFolders { get; init; }

    /// <summary>Null: now.</summary>
    public DateTimeOffset? Modified { get; init; }

    public string Comment { get; init; } = "";

    /// <exception cref="PeerDriveException">Invalid: it is no time.</exception>
    public static DateTimeOffset? Time(string text) =>
        text.Length == 0 ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no time in ISO 8601.");
}
