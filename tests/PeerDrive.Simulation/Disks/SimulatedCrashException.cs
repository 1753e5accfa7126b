namespace PeerDrive.Simulation.Disks;

/// <summary>The power is gone. No part of the program may swallow it or go on after it.</summary>
internal sealed class SimulatedCrashException : Exception
{
    public SimulatedCrashException()
        : base("The simulated power is gone.")
    {
    }
}
