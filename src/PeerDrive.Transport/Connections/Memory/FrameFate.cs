namespace PeerDrive.Transport.Connections.Memory;

/// <summary>What the simulated network does with one frame.</summary>
/// <param name="Delay">Until it arrives; later frames of its direction never overtake it.</param>
/// <param name="Cut">The connection breaks at this frame, which does not arrive.</param>
public readonly record struct FrameFate(TimeSpan Delay, bool Cut = false);
