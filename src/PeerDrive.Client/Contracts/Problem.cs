namespace PeerDrive.Client.Contracts;

/// <summary>Why a request failed: a stable kind and a sentence.</summary>
public sealed record Problem(string Kind, int Code, string Message);
