using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Views;

/// <summary>A name in a folder of the views.</summary>
/// <param name="Node">Not the kernel's before <see cref="VolumeViews.Attach"/>, which may give out another one of its key.</param>
internal readonly record struct ViewLine(EntryName Name, ViewNode Node);
