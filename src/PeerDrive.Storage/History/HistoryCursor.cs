using System.Globalization;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.History;

/// <summary>A change's place in the order of a log: newest first by its changeset's time, then by hash and operation. It stays, whatever comes or is numbered anew.</summary>
public readonly record struct HistoryCursor(long Time, ChangesetHash Changeset, int Operation) : IComparable<HistoryCursor>
{
    /// <summary>Null when the text is none.</summary>
    public static HistoryCursor? Parse(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            && Id.TryParse<ChangesetHash>(parts[1], out var changeset) && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var operation)
            ? new HistoryCursor(time, changeset, operation)
            : null;
    }

    public int CompareTo(HistoryCursor other)
    {
        if (Time != other.Time) return Time.CompareTo(other.Time);
        var byHash = Changeset.CompareTo(other.Changeset);
        return byHash != 0 ? byHash : Operation.CompareTo(other.Operation);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time}.{Changeset.ToHex()}.{Operation}");
}
