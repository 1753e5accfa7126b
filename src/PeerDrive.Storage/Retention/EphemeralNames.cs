using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Retention;

/// <summary>Names of files that programs and desktops leave behind and that nobody wants old versions of.</summary>
public static class EphemeralNames
{
    private static readonly byte[][] Whole = [.. new[] { ".DS_Store", "Thumbs.db", "desktop.ini", "4913" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Beginnings = [.. new[] { "~$", ".~lock.", ".goutputstream-", ".#" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Ends = [.. new[] { ".tmp", ".temp", ".swp", ".swx", ".part", ".crdownload", ".lock" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    public static bool Contains(EntryName name)
    {
        var bytes = name.Bytes;
        foreach (var known in Whole)
        {
            if (bytes.SequenceEqual(known)) return true;
        }
        foreach (var known in Beginnings)
        {
            if (bytes.StartsWith(known)) return true;
        }
        foreach (var known in Ends)
        {
            if (bytes.EndsWith(known)) return true;
        }
        return false;
    }
}
