namespace PeerDrive.Model.Queries;

/// <summary>Rough classes of what files are, for <c>type:</c>. The numbers are those of the search index.</summary>
public enum MediaClass
{
    Other = 0,
    Image = 1,
    Video = 2,
    Audio = 3,
    Text = 4,

    /// <summary>PDF, and what office programs write.</summary>
    Document = 5,
    Archive = 6,
    Code = 7,
    Font = 8,
    Mail = 9,

    /// <summary>A saved query.</summary>
    Query = 10,
    Folder = 100,
    Symlink = 101,
    Link = 102,
    Special = 103,
}
