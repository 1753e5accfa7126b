namespace PeerDrive.FileSystem;

/// <summary>How the kernel is told of what did not come through it. Never called inside an operation; the call ends when it is queued.</summary>
/// <param name="NodeChanged">Attributes, content and lines of a node.</param>
/// <param name="NameChanged">What a name in a folder leads to, or that it leads nowhere.</param>
/// <param name="AttributesChanged">Attributes of a node changed besides what an operation was asked to do; called inside it.</param>
/// <param name="Happened">The same as an event, for who watches a folder. Ends at once.</param>
public sealed record KernelNotices(
    Func<ulong, ValueTask> NodeChanged, Func<ulong, ReadOnlyMemory<byte>, ValueTask> NameChanged, Action<ulong> AttributesChanged, Action<NameEvent>? Happened = null);
