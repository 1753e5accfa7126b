using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Queries;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>Documents that hold the text of a query.</summary>
public static class StoredQuery
{
    /// <summary>A longer file holds no query: none is that long.</summary>
    public const int MaxBytes = 32 << 10;

    /// <summary>Finds them.</summary>
    public static Query All { get; } = new(new QueryNode.Type("query"));

    /// <summary>The text that one holds; null: it is not here, or holds none.</summary>
    public static string? Read(Volume volume, EntryView entry)
    {
        if (entry.Shown is not { } shown || shown.Content.Size > MaxBytes) return null;
        try
        {
            var bytes = new byte[(int)shown.Content.Size];
            using var reader = volume.Contents.OpenReader(shown.Content);
            var read = reader.Read(0, bytes);
            return Encoding.UTF8.GetString(bytes, 0, read).Trim();
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.Io)
        {
            return null;
        }
    }
}
