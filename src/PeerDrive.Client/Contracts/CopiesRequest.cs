namespace PeerDrive.Client.Contracts;

/// <summary>Says on how many other devices each content of a volume is to lie; null: nobody asks for a number.</summary>
public sealed record CopiesRequest(int? Copies);
