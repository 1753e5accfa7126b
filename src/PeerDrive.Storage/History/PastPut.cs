using PeerDrive.Model.Changesets;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.History;

/// <summary>A put of an entry.</summary>
/// <param name="Parent">Row of the folder.</param>
/// <param name="Document">Row of the document.</param>
internal readonly record struct PastPut(long Parent, EntryName Name, long Document, bool IsFolder, OrderKey Key);
