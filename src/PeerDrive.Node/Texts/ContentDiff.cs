using System.Text;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Texts;

/// <summary>The difference between two revisions' contents, when both are texts and not too large. What is not here is asked of other devices.</summary>
internal static class ContentDiff
{
    private const int MaxBytes = 4 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="before">Null: there was nothing.</param>
    /// <returns>A unified diff, empty when the contents are equal; null when they cannot be shown as text.</returns>
    public static async Task<string?> OfAsync(Volume volume, TimeProvider time, string path, Revision? before, Revision after, CancellationToken cancellation)
    {
        if (after.State.Kind != DocumentKind.File || (before is not null && before.State.Kind != DocumentKind.File)) return null;
        return await TextAsync(volume, time, before?.State.Content ?? Content.Empty, cancellation).ConfigureAwait(false) is { } old
            && await TextAsync(volume, time, after.State.Content, cancellation).ConfigureAwait(false) is { } now
            ? UnifiedDiff.Of(old, now, $"a{Rooted(path)}", $"b{Rooted(path)}")
            : null;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private static async Task<string?> TextAsync(Volume volume, TimeProvider time, Content content, CancellationToken cancellation)
    {
        if (content.IsEmpty) return "";
        if (content.Size > MaxBytes) return null;
        if (volume.Contents.Missing(content, 1).Count > 0)
        {
            using var pace = new ReadPace(volume.Contents, time);
            await pace.BringAsync(content, 0, (long)content.Size, cancellation).ConfigureAwait(false);
        }
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
