using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>
/// Ids of a new name in a folder, so that devices which create the same folder or file independently create the same entry:
/// the first 16 bytes of SHA-256 over a label, the volume (16), the parent entry (16), the kind (1: folder 1, else 0) and the name.
/// </summary>
public static class DerivedIds
{
    public static (EntryId Entry, DocumentId Document) Of(VolumeId volume, EntryId parent, EntryName name, bool isFolder)
    {
        Span<byte> bytes = stackalloc byte[1 + VolumeId.Size + EntryId.Size + 1 + ModelLimits.NameBytes];
        volume.WriteTo(bytes[1..]);
        parent.WriteTo(bytes[17..]);
        bytes[33] = isFolder ? (byte)1 : (byte)0;
        name.Bytes.CopyTo(bytes[34..]);
        bytes = bytes[..(34 + name.Bytes.Length)];
        bytes[0] = (byte)'E';
        var entry = Id.Hash<EntryId>(bytes);
        bytes[0] = (byte)'D';
        return (entry, Id.Hash<DocumentId>(bytes));
    }
}
