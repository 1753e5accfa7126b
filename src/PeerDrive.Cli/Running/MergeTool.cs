using System.Diagnostics;
using PeerDrive.Cli.Arguments;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Running;

/// <summary>
/// Gives the sides of a conflict to a merge program as files in a directory that only this user reads, which goes when this is disposed. Several
/// heads beyond two are not merged at once: the two newest are.
/// </summary>
internal sealed class MergeTool(PeerDriveClient client, VolumePath place, ThreeWayStatus sides) : IDisposable
{
    /// <summary>How well-known programs are called; the file that they write is named last or by an option.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["kdiff3"] = "kdiff3 \"$BASE\" \"$LOCAL\" \"$REMOTE\" -o \"$MERGED\"",
        ["meld"] = "meld \"$LOCAL\" \"$BASE\" \"$REMOTE\" --output \"$MERGED\"",
        ["vimdiff"] = "vim -d \"$MERGED\" \"$LOCAL\" \"$BASE\" \"$REMOTE\"",
        ["nvimdiff"] = "nvim -d \"$MERGED\" \"$LOCAL\" \"$BASE\" \"$REMOTE\"",
        ["diffuse"] = "diffuse \"$LOCAL\" \"$MERGED\" \"$REMOTE\" \"$BASE\"",
        ["tkdiff"] = "tkdiff -a \"$BASE\" -o \"$MERGED\" \"$LOCAL\" \"$REMOTE\"",
        ["opendiff"] = "opendiff \"$LOCAL\" \"$REMOTE\" -ancestor \"$BASE\" -merge \"$MERGED\"",
        ["bcompare"] = "bcompare \"$LOCAL\" \"$REMOTE\" \"$BASE\" -mergeoutput=\"$MERGED\"",
        ["code"] = "code --wait --merge \"$REMOTE\" \"$LOCAL\" \"$BASE\" \"$MERGED\"",
    };

    // Made with mode 0700.
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("peerdrive-merge-");

    /// <summary>Runs a known program or a command, and waits for its end.</summary>
    /// <returns>Path of what it wrote.</returns>
    /// <exception cref="PeerDriveProblemException">It failed, or wrote nothing.</exception>
    public async Task<string> RunAsync(string command, CancellationToken cancellation)
    {
        var extension = Path.GetExtension(place.Path);
        string FileOf(string side) => Path.Combine(directory.FullName, side + extension);
        await WriteAsync(FileOf("base"), sides.Base?.Revision, cancellation).ConfigureAwait(false);
        await WriteAsync(FileOf("local"), sides.Heads[0].Revision, cancellation).ConfigureAwait(false);
        await WriteAsync(FileOf("remote"), sides.Heads[1].Revision, cancellation).ConfigureAwait(false);
        var merged = FileOf("merged");
        if (sides.Text is { } text) await File.WriteAllTextAsync(merged, text, cancellation).ConfigureAwait(false);
        else File.Copy(FileOf("local"), merged);

        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = directory.FullName };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Known.GetValueOrDefault(command, command));
        foreach (var side in new[] { "base", "local", "remote", "merged" }) start.Environment[side.ToUpperInvariant()] = FileOf(side);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        if (process.ExitCode != 0)
            throw new PeerDriveProblemException(new Problem("Cancelled", ExitCodes.Internal, $"'{command}' ended with {process.ExitCode}; {place} stays in conflict."));
        if (!File.Exists(merged)) throw new PeerDriveProblemException(new Problem("Invalid", ExitCodes.Usage, $"'{command}' wrote no merged file; {place} stays in conflict."));
        return merged;
    }

    public void Dispose() => directory.Delete(recursive: true);

    /// <summary>An empty file when there is no such side.</summary>
    private async Task WriteAsync(string path, string? revision, CancellationToken cancellation)
    {
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await using (file.ConfigureAwait(false))
        {
            if (revision is null) return;
            var content = await client.ReadAsync(place.Volume, place.Path, revision, cancellation).ConfigureAwait(false);
            await using (content.ConfigureAwait(false)) await content.CopyToAsync(file, cancellation).ConfigureAwait(false);
        }
    }
}
