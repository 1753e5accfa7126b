namespace PeerDrive.Client.Contracts;

/// <summary>A document with which a rule did not do what it is for.</summary>
/// <param name="Kind">BothChanged, Conflict, NotHere, Place or Failed.</param>
public sealed record RuleProblemStatus(string Volume, string Path, string Document, string Kind, string Message);
