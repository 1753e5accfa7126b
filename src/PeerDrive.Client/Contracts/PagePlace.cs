namespace PeerDrive.Client.Contracts;

/// <summary>Where the web page is.</summary>
/// <param name="Address">Opens it.</param>
/// <param name="LogIn">Opens it and logs in, once and within two minutes.</param>
public sealed record PagePlace(string Address, string LogIn);
