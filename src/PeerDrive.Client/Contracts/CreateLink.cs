namespace PeerDrive.Client.Contracts;

/// <summary>Asks to link a directory. Space: keep or lean.</summary>
public sealed record CreateLink(
    string Volume, string Folder, string Directory, string Space, IReadOnlyList<string> Ignore, bool Force);
