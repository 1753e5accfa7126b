namespace PeerDrive.Model.Queries;

/// <summary>Where words of a query are looked for.</summary>
public enum WordPlace
{
    /// <summary>In names, texts that people attached, and contents.</summary>
    Anywhere,

    Name,

    Content,
}
