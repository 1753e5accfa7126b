using System.Collections.Concurrent;
using System.Text;
using PeerDrive.FileSystem.Views;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Shows link documents as symbolic links, relative ones that stay inside the mount: to where the target is now, to its version, or to what is kept of it when it was
/// deleted. Whatever leads nowhere here shows as its address, which no program can follow. Thread-safe.
/// </summary>
internal sealed class LinkTexts
{
    /// <summary>What the kernel was told, and may keep.</summary>
    private readonly ConcurrentDictionary<TreeNode, ByteString> told = [];

    /// <summary>A volume of the mount with its name there; null: it is not there.</summary>
    public Func<VolumeId, (Volume Volume, EntryName Name)?> Find { get; set; } = _ => null;

    /// <summary>The text of a target that is not followed: its address.</summary>
    public static ByteString Address(Volume volume, ByteString target) =>
        new(Encoding.UTF8.GetBytes(LinkedDocument.AddressOf(volume, target)?.ToString() ?? "pd:unknown"));

    /// <summary>The text of a link for the kernel, which is told when it changes. Under the gate.</summary>
    public ByteString Read(TreeNode node) => told[node] = Of(node);

    /// <summary>Under the gate.</summary>
    public ByteString Of(TreeNode node)
    {
        node.Tree.LoadTarget(node);
        var own = node.Tree.Volume;
        if (node.KnownAs is not [var known, ..] || node.Tree.NamesOf(known.Folder) is not { Count: var depth }) return Address(own, node.Target);
        if (LinkedDocument.Find(own, node.Target, id => Find(id)?.Volume) is not { } led) return Address(own, node.Target);
        if (PathOf(led) is not { } path) return Address(own, node.Target);
        byte[] text = led.Volume == own
            ? [.. Enumerable.Repeat("../"u8.ToArray(), depth).SelectMany(up => up), .. path.AsSpan(1)]
            : Find(led.Volume.Id) is { Name: var name } ? [.. Enumerable.Repeat("../"u8.ToArray(), depth + 1).SelectMany(up => up), .. name.Bytes, .. path] : [];
        return text.Length is 0 or > ModelLimits.TargetBytes ? Address(own, node.Target) : new ByteString(text);
    }

    /// <summary>The path from the mount's top to a document or a version; null: it is not there, or no program could name it.</summary>
    public byte[]? PathTo(LinkedDocument led) => Find(led.Volume.Id) is { Name: var name } && PathOf(led) is { } path ? [.. name.Bytes, .. path] : null;

    /// <summary>Something changed somewhere: the kernel forgets what is not so any more.</summary>
    public async Task TellAsync(KernelNotices kernel)
    {
        foreach (var (node, text) in told.ToArray())
        {
            if (node.Id != 0 && IsSame(node, text)) continue;
            told.TryRemove(node, out _);
            if (node.Id is not 0 and var id) await kernel.NodeChanged(id).ConfigureAwait(false);
        }
    }

    private bool IsSame(TreeNode node, ByteString text)
    {
        try
        {
            lock (node.Tree.Gate) return Of(node) == text;
        }
        catch (PeerDriveException)
        {
            // A volume is being closed: whoever follows the link asks again.
            return false;
        }
    }

    /// <summary>From the volume's top folder, with a slash first; null: no program could name it.</summary>
    private static byte[]? PathOf(LinkedDocument led)
    {
        if (led.Revision is { } pinned) return View($"rev/{pinned.ToHex()}");
        if (led.Volume.Reader.EntriesOf(led.Document) is [var entry, ..] && EntryPaths.Of(led.Volume.Reader, entry) is { } path && path.Length < ModelLimits.TargetBytes / 2) return path;
        return View($"doc/{led.Document.ToHex()}");
    }

    private static byte[] View(string path) => [(byte)'/', .. VolumeViews.Name.Bytes, (byte)'/', .. Encoding.ASCII.GetBytes(path)];
}
