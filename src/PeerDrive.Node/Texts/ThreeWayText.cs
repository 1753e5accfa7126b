using System.Text;
using PeerDrive.Model.Merging;

namespace PeerDrive.Node.Texts;

/// <summary>Both sides of a text in one: what only one side changed is merged, where they overlap all three stand between markers.</summary>
internal static class ThreeWayText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null: no texts, or too large.</summary>
    public static string? Of(ReadOnlyMemory<byte> origin, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, string leftName, string rightName)
    {
        var whole = Diff3.Merge(origin, left, right);
        if (whole is Diff3Result.NoText) return null;
        var text = new StringBuilder();
        try
        {
            if (whole is Diff3Result.Merged merged) return Strict.GetString(merged.Bytes.Span);
            int fromBase = 0, fromLeft = 0, fromRight = 0;
            foreach (var hunk in ((Diff3Result.Overlap)whole).Hunks)
            {
                AppendBetween(text, origin[fromBase..hunk.Base.Start], left[fromLeft..hunk.Left.Start], right[fromRight..hunk.Right.Start]);
                Append(text, $"<<<<<<< {leftName}", left[hunk.Left]);
                Append(text, "||||||| base", origin[hunk.Base]);
                Append(text, "=======", right[hunk.Right]);
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $">>>>>>> {rightName}\n");
                (fromBase, fromLeft, fromRight) = (hunk.Base.End.Value, hunk.Left.End.Value, hunk.Right.End.Value);
            }
            AppendBetween(text, origin[fromBase..], left[fromLeft..], right[fromRight..]);
            return text.ToString();
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static void AppendBetween(StringBuilder text, ReadOnlyMemory<byte> origin, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) =>
        text.Append(Strict.GetString(Diff3.Merge(origin, left, right) is Diff3Result.Merged merged ? merged.Bytes.Span : left.Span));

    private static void Append(StringBuilder text, string marker, ReadOnlyMemory<byte> lines)
    {
        text.Append(marker).Append('\n').Append(Strict.GetString(lines.Span));
        if (!lines.IsEmpty && lines.Span[^1] != (byte)'\n') text.Append('\n');
    }
}
