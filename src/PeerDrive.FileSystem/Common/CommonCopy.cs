using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Common;

/// <summary>A file or symbolic link in one of the sources; its shown revision is known.</summary>
public sealed record CommonCopy(CommonSource Source, EntryView Entry)
{
    public RevisionView Revision => Entry.Shown!.Value;

    /// <summary>All of its content is on this device.</summary>
    public bool IsHere => Source.Volume.Contents.Missing(Revision.Content, 1).Count == 0;
}
