namespace PeerDrive.Simulation.Histories;

/// <summary>A promise was broken.</summary>
internal sealed class HistoryFailureException(string message) : Exception(message);
