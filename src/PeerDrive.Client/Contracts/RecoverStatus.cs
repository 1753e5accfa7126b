namespace PeerDrive.Client.Contracts;

/// <summary>A volume that a recovery key gave back.</summary>
/// <param name="IsNew">Its replica was made just now, and fills from the peers.</param>
/// <param name="Told">Devices that have taken in who the owner is now; while there is none, recover again once one can be reached.</param>
public sealed record RecoverStatus(string Volume, string Name, string Role, bool IsNew, IReadOnlyList<string> Told);
