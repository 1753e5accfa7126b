using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Tests;

/// <summary>Files put into a node's volume without a linked folder.</summary>
internal static class TestFiles
{
    public static Volume Volume(this TestNode node, string name) => node.Node.Core.Volumes.Require(name);

    /// <summary>Creates or revises a file at the top of a volume.</summary>
    public static async Task<RevisionId> WriteAsync(this Volume volume, string name, string text, params RevisionId[] parents)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(Encoding.UTF8.GetBytes(text)) };
        var revision = default(RevisionId);
        await volume.CommitAsync(edit =>
        {
            var entry = EntryName.Create(name);
            if (volume.Reader.Find(EntryId.Root, entry) is not { } known) revision = edit.Create(EntryId.Root, entry, state).Shown!.Value.Id;
            else revision = edit.Revise(known.Id, state, parents.Length > 0 ? [.. parents] : default);
        });
        return revision;
    }

    public static async Task<string> TextAsync(this TestNode node, string volume, string path, string? revision = null)
    {
        await using var stream = await node.Client.ReadAsync(volume, path, revision, default);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
