using System.Numerics;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Sync.Copies;

/// <summary>A content that is here, and what is known of its copies. Devices are sets of <see cref="CopyPeer.Bit"/>.</summary>
internal sealed class WatchedContent(Content content, long revision, long now)
{
    public Content Content => content;

    /// <summary>Row of a revision that has it.</summary>
    public long Revision { get; set; } = revision;

    /// <summary>The sweep that found it last.</summary>
    public int Sweep { get; set; }

    /// <summary>Who said that it has it.</summary>
    public ulong Confirmed { get; set; }

    /// <summary>Who was asked and has it not, or did not answer.</summary>
    public ulong Lacks { get; set; }

    /// <summary>Who said that it fetches it.</summary>
    public ulong Takes { get; set; }

    /// <summary>Who was asked to fetch it and does not.</summary>
    public ulong Declined { get; set; }

    /// <summary>Who was to have it by now and has not: it counts when it confirms, and is not waited for.</summary>
    public ulong Late { get; set; }

    /// <summary>Since when those are waited for who are to have it.</summary>
    public long Since { get; set; } = now;

    /// <summary>Looks since something changed.</summary>
    public int Tries { get; set; }

    /// <summary>Whether its copies were counted once.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whether it waits for the next look.</summary>
    public bool IsQueued { get; set; }

    /// <summary>When it is looked at again; null: nothing asks for it.</summary>
    public long? Due { get; set; }

    public int Copies => BitOperations.PopCount(Confirmed);
}
