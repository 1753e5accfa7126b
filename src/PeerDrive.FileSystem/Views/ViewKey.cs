using System.Security.Cryptography;
using System.Text;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Views;

/// <summary>What makes two nodes of a volume's views the same one.</summary>
internal readonly record struct ViewKey(ViewKind Kind, string Text)
{
    /// <summary>The number that programs see: the same at any time, and another than those of the tree, as far as chance allows.</summary>
    public ulong InodeIn(VolumeId volume) =>
        InodeNumbers.Number(SHA256.HashData(Encoding.UTF8.GetBytes($"view\n{volume}\n{Kind}\n{Text}")));
}
