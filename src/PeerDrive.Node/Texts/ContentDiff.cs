using System.Text;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Texts;

/// <summary>The difference between two revisions' contents, when both are texts that are here and not too large.</summary>
internal static class ContentDiff
{
    private const int MaxBytes = 4 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="before">Null: there was nothing.</param>
    /// <returns>A unified diff, empty when the contents are equal; null when they cannot be shown as text.</returns>
    public static string? Of(Volume volume, string path, Revision? before, Revision after)
    {
        if (after.State.Kind != DocumentKind.File || (before is not null && before.State.Kind != DocumentKind.File)) return null;
        return Text(volume, before?.State.Content ?? Content.Empty) is { } old && Text(volume, after.State.Content) is { } now
            ? UnifiedDiff.Of(old, now, $"a{Rooted(path)}", $"b{Rooted(path)}")
            : null;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private static string? Text(Volume volume, Content content)
    {
        if (content.IsEmpty) return "";
        if (content.Size > MaxBytes || volume.Contents.Missing(content, 1).Count > 0) return null;
        var bytes = volume.Contents.ReadAll(content, MaxBytes);
        if (bytes.AsSpan().Contains((byte)0)) return null;
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
