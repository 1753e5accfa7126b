namespace PeerDrive.Client.Contracts;

/// <summary>Where the web page is.</summary>
/// <param name="Address">Opens it.</param>
/// <param name="LogIn">Opens it and logs in, once and within two minutes.</param>
public sealed record PagePlace(string Address, string LogIn)
{
    /// <summary>Opens it from other devices, with the password; null: they cannot.</summary>
    public string? Remote { get; init; }

    /// <summary>Of the certificate that they see there: SHA-256, in hexadecimal digits.</summary>
    public string? Fingerprint { get; init; }
}
