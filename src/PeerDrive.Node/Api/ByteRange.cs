using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace PeerDrive.Node.Api;

/// <summary>Which bytes of a content a request asks for. Of several ranges the whole is sent, as RFC 9110, section 14.2, allows.</summary>
/// <param name="End">Offset behind the last.</param>
internal readonly record struct ByteRange(long From, long End, bool IsPart)
{
    public long Length => End - From;

    /// <returns>Null: the content has none of these bytes.</returns>
    public static ByteRange? Of(RequestHeaders headers, EntityTagHeaderValue tag, long size)
    {
        var whole = new ByteRange(0, size, false);
        if (headers.Range is not { Ranges.Count: 1 } asked || !asked.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)) return whole;
        // The program has the beginning of another version.
        if (headers.IfRange is { } condition && condition.EntityTag?.Compare(tag, useStrongComparison: true) != true) return whole;
        var range = asked.Ranges.Single();
        var (from, end) = range.From is { } first
            ? (first, range.To is { } last ? Math.Min(last, size - 1) + 1 : size)
            : (size - Math.Min(range.To!.Value, size), size);
        return from < end ? new ByteRange(from, end, true) : null;
    }
}
