using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;

namespace PeerDrive.FileSystem.Common;

/// <summary>One state of a file or symbolic link of a common tree: the same node wherever it is found.</summary>
internal sealed class CommonFile(CommonNodes nodes, CommonEntry entry)
    : CommonNode(nodes, $"{entry.Copies[0].Source.Volume.Id.ToHex()} {entry.Copies[0].Revision.Id.ToHex()}")
{
    private volatile CommonEntry entry = entry;

    public override FileKind FileKind => Trees.Kinds.Of(entry.Copies[0].Revision.Kind);

    public override NodeAttributes GetAttributes() => Nodes.FileAttributes(Inode, entry.Copies[0]);

    public override Outcome<OpenFile> Open(in Caller caller, FileAccess access, bool truncates)
    {
        if (FileKind != FileKind.Regular) return ErrorKind.BehindEnd;
        if (access != FileAccess.Read || truncates) return ErrorKind.ReadOnly;
        var copy = entry.Best;
        var contents = copy.Source.Volume.Contents;
        return new OpenCommonFile(this, contents.OpenReader(copy.Revision.Content), new ReadPace(contents, Nodes.Context.Time));
    }

    public override Outcome<ByteString> ReadTarget() =>
        FileKind == FileKind.SymbolicLink ? entry.Copies[0].Source.Volume.Reader.ShownState(entry.Copies[0].Entry).Target : ErrorKind.Invalid;

    /// <summary>Others may hold the same bytes now.</summary>
    public override void Adopt(CommonNode found) => entry = ((CommonFile)found).entry;
}
