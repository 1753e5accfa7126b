using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Trees;

/// <summary>What kinds of documents are to the kernel.</summary>
internal static class Kinds
{
    public static FileKind Of(DocumentKind kind) => kind switch
    {
        DocumentKind.Folder => FileKind.Folder,
        DocumentKind.SymbolicLink or DocumentKind.Link => FileKind.SymbolicLink,
        DocumentKind.Fifo => FileKind.Fifo,
        DocumentKind.Socket => FileKind.Socket,
        DocumentKind.CharacterDevice => FileKind.CharacterDevice,
        DocumentKind.BlockDevice => FileKind.BlockDevice,
        _ => FileKind.Regular,
    };
}
