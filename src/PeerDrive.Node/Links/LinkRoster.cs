using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PeerDrive.Folders;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Home;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Links;

/// <summary>The linked folders of this node, all open. Thread-safe.</summary>
internal sealed class LinkRoster(string home, Func<FolderContext> newContext, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>What a person has to know before choosing lean.</summary>
    public const string LeanRisk = "a program that writes into a large file in place overwrites its old version, which is then lost unless a peer keeps it.";

    private readonly SemaphoreSlim changing = new(1, 1);
    private ImmutableArray<OpenLink> links = [];

    public ImmutableArray<OpenLink> All => links;

    public IEnumerable<OpenLink> Of(Volume volume) => All.Where(link => link.Volume == volume);

    /// <summary>Opens the links that a volume's replica remembers. One that cannot be opened is kept with its problem.</summary>
    public async Task OpenAllAsync(Volume volume)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var settings in new LinkTable(volume).All) links = links.Add(await OpenAsync(volume, settings).ConfigureAwait(false));
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Links a directory to a folder of a volume, which is made when it is missing.</summary>
    /// <param name="folder">Path in the volume.</param>
    /// <param name="force">Do it though the room does not suffice.</param>
    /// <exception cref="PeerDriveException">Conflict: it overlaps another link or the data directory. NoSpace.</exception>
    public async Task<(OpenLink Link, SpaceEstimate Space)> AddAsync(
        Volume volume, string folder, string directory, SpaceMode space, IReadOnlyList<string> ignore, bool force, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            RefuseUnusable(directory);
            var real = LinkedDirectory.Prepare(directory);
            RefuseOverlap(real);
            var estimate = await SpaceEstimate.ForAsync(real, space, home, cancellation).ConfigureAwait(false);
            if (estimate.Needed > estimate.Free && !force)
            {
                throw new PeerDriveException(
                    ErrorKind.NoSpace,
                    $"Linking {real} needs about {Bytes(estimate.Needed)} in {home}, where {Bytes(estimate.Free)} are free. Free some space, or insist with --force.{(space == SpaceMode.Keep ? $" With --space lean large files are not stored twice; its risk: {LeanRisk}" : "")}");
            }
            var entry = await NewFolders.RequireAsync(volume, folder).ConfigureAwait(false);
            var settings = new LinkSettings(LinkId.Create(new Random()), entry, real, space, [.. ignore]);
            var link = await OpenAsync(volume, settings).ConfigureAwait(false);
            if (link.Problem is { } problem)
            {
                new LinkTable(volume).Remove(settings.Id);
                volume.Replica.Release(settings.Folder);
                throw new PeerDriveException(ErrorKind.Io, $"{real} cannot be linked: {problem}");
            }
            links = links.Add(link);
            return (link, estimate);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Refuses a directory that cannot be linked, before anything is done.</summary>
    /// <exception cref="PeerDriveException">Invalid or Conflict.</exception>
    public void RefuseUnusable(string directory)
    {
        if (!Path.IsPathFullyQualified(directory)) throw new PeerDriveException(ErrorKind.Invalid, $"'{directory}' is no absolute path.");
        RefuseOverlap(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
    }

    /// <summary>Ends a link; all files stay where they are.</summary>
    /// <param name="text">The link's id, its beginning, or its directory.</param>
    public async Task RemoveAsync(string text)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var link = Require(text);
            if (link.Folder is not null) await link.Folder.DisposeAsync().ConfigureAwait(false);
            try
            {
                await LinkedFolder.TakeBackAsync(link.Volume, link.Settings, newContext(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (Failures.Translate(e) is not null)
            {
                link.Volume.Replica.Release(link.Settings.Folder);
                links = links.Replace(link, await OpenAsync(link.Volume, link.Settings).ConfigureAwait(false));
                throw;
            }
            new LinkTable(link.Volume).Remove(link.Settings.Id);
            link.Volume.Replica.Release(link.Settings.Folder);
            links = links.Remove(link);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Ends the links of a volume that is given up: nothing is taken over from the directories, which keep their files.</summary>
    public async Task EndAsync(Volume volume)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var link in Of(volume).ToList())
            {
                if (link.Folder is not null) await link.Folder.DisposeAsync().ConfigureAwait(false);
                links = links.Remove(link);
                try
                {
                    LinkedFolder.RemoveTraces(link.Settings);
                }
                catch (Exception e) when (Failures.Translate(e) is { } failure)
                {
                    // The disk may be away. What is left are names of the directory's own files.
                    log.LinkFailed(link.Settings.Directory, failure.Message);
                }
            }
        }
        finally
        {
            changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await changing.WaitAsync().ConfigureAwait(false);
        foreach (var link in links)
        {
            try
            {
                if (link.Folder is not null) await link.Folder.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The others have to be closed all the same.
                log.StopFailed(e);
            }
        }
        links = [];
        changing.Dispose();
    }

    private OpenLink Require(string text)
    {
        var path = Path.IsPathFullyQualified(text) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text)) : text;
        var found = All.Where(link => link.Settings.Directory == path).ToList();
        if (found.Count == 0 && Path.IsPathFullyQualified(path) && Directory.Exists(path))
        {
            var real = LinkedDirectory.RealPath(path);
            found = [.. All.Where(link => link.Settings.Directory == real)];
        }
        if (found.Count == 0 && text.Length >= 4) found = [.. All.Where(link => link.Settings.Id.ToHex().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0],
            0 when links.IsEmpty => throw new PeerDriveException(ErrorKind.NotFound, $"'{text}' is not linked; no directory is."),
            0 => throw new PeerDriveException(ErrorKind.NotFound, $"'{text}' is not linked; linked are: {string.Join(", ", links.Select(link => link.Settings.Directory))}."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"'{text}' may be several links; use the directory."),
        };
    }

    private void RefuseOverlap(string directory)
    {
        if (LinkedDirectory.Overlap(directory, home) || LinkedDirectory.Overlap(directory, LinkedDirectory.RealPath(home)))
            throw new PeerDriveException(ErrorKind.Conflict, $"{directory} and the data directory {home} lie in each other; the node would synchronise itself. Choose another directory.");
        if (All.FirstOrDefault(link => LinkedDirectory.Overlap(directory, link.Settings.Directory)) is { } other)
        {
            throw new PeerDriveException(ErrorKind.Conflict, other.Settings.Directory == directory
                ? $"{directory} is linked already, to volume {other.Volume.Name}."
                : $"{directory} overlaps {other.Settings.Directory}, which is linked to volume {other.Volume.Name}; a file can belong to one link only.");
        }
    }

    private async Task<OpenLink> OpenAsync(Volume volume, LinkSettings settings)
    {
        try
        {
            // A directory outside needs the contents of all its files, whatever the volume's policy is.
            volume.Replica.Hold(settings.Folder);
            return new OpenLink(volume, settings, await LinkedFolder.OpenAsync(volume, settings, newContext()).ConfigureAwait(false), null, time.GetUtcNow());
        }
        catch (Exception e) when (Failures.Translate(e) is { } failure)
        {
            log.LinkFailed(settings.Directory, failure.Message);
            return new OpenLink(volume, settings, null, failure.Message, time.GetUtcNow());
        }
    }

    private static string Bytes(long bytes) => bytes switch
    {
        >= 10L << 30 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 10L << 20 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / 1024} KiB"),
    };
}
