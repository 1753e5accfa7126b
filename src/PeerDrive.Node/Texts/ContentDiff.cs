using System.Text;
using PeerDrive.Client.Contracts;
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

    /// <summary>Format and size of the pictures that two contents are, as fields.</summary>
    public static async Task<IReadOnlyList<FieldDifference>> PicturesAsync(Volume volume, TimeProvider time, Revision? before, Revision after, CancellationToken cancellation)
    {
        if (after.State.Kind != DocumentKind.File || before?.State.Content == after.State.Content) return [];
        var old = before is null ? "" : PictureSize.Of(await HeadAsync(volume, time, before.State.Content, PictureSize.HeadBytes, cancellation).ConfigureAwait(false)) ?? "";
        var now = PictureSize.Of(await HeadAsync(volume, time, after.State.Content, PictureSize.HeadBytes, cancellation).ConfigureAwait(false)) ?? "";
        return old == now ? [] : [new FieldDifference("picture", old, now)];
    }

    /// <summary>What differs inside two archives; null when they are none, or cannot be listed.</summary>
    public static async Task<IReadOnlyList<MemberDifference>?> MembersAsync(Volume volume, TimeProvider time, string path, Revision? before, Revision after, CancellationToken cancellation)
    {
        if (!ArchiveListing.MayBe(path) || after.State.Kind != DocumentKind.File || before is not { State.Kind: DocumentKind.File }) return null;
        if (Math.Max(before.State.Content.Size, after.State.Content.Size) > ArchiveListing.MaxBytes) return null;
        var old = ArchiveListing.Of(path, await HeadAsync(volume, time, before.State.Content, ArchiveListing.MaxBytes, cancellation).ConfigureAwait(false));
        var now = ArchiveListing.Of(path, await HeadAsync(volume, time, after.State.Content, ArchiveListing.MaxBytes, cancellation).ConfigureAwait(false));
        return old is null || now is null ? null : ArchiveListing.Differences(old, now);
    }

    private static async Task<byte[]> HeadAsync(Volume volume, TimeProvider time, Content content, int most, CancellationToken cancellation)
    {
        var bytes = new byte[(int)Math.Min(content.Size, (ulong)most)];
        if (bytes.Length == 0) return bytes;
        using var reader = volume.Contents.OpenReader(content);
        using var pace = new ReadPace(volume.Contents, time);
        for (var at = 0; at < bytes.Length;)
        {
            var read = await pace.ReadAsync(reader, at, bytes.AsMemory(at), cancellation).ConfigureAwait(false);
            if (read == 0) return bytes[..at];
            at += read;
        }
        return bytes;
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
