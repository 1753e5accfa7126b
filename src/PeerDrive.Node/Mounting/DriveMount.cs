using Microsoft.Extensions.Logging;
using PeerDrive.FileSystem;
using PeerDrive.FileSystem.Common;
using PeerDrive.Fuse;
using PeerDrive.Model.Errors;
using PeerDrive.Native.Files;
using PeerDrive.Node.Home;
using PeerDrive.Node.Mounting.Telling;
using PeerDrive.Node.Settings;
using PeerDrive.Node.Volumes;

namespace PeerDrive.Node.Mounting;

/// <summary>All volumes of the node, mounted at one place or not. Thread-safe.</summary>
/// <param name="program">This program, which as a process of its own tells who watches; null: nobody is told.</param>
internal sealed class DriveMount(VolumeTable volumes, NodeHome home, SettingsFile settings, string? program, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private FuseMount? mount;
    private DriveFiles? drive;
    private ChangeTeller? teller;
    private string? problem;
    private IReadOnlyList<CommonView> common = [];

    /// <summary>Where it is mounted; null: nowhere.</summary>
    public string? Directory => Volatile.Read(ref mount) is { Ended.IsCompleted: false } there ? there.MountPoint : null;

    public int Pending => Volatile.Read(ref drive)?.States.Sum(state => state.Pending) ?? 0;

    /// <summary>The volumes as files; null: nothing is mounted.</summary>
    public DriveFiles? Files => Volatile.Read(ref drive);

    /// <summary>Why it is not mounted though it should be, or what cannot be committed.</summary>
    public string? Problem => Volatile.Read(ref problem) ?? Volatile.Read(ref drive)?.States.Select(state => state.Problem).FirstOrDefault(text => text is not null);

    /// <summary>Mounts as a start asks for it. That it cannot be done is no reason not to start, unless it was asked for by name.</summary>
    /// <param name="asked">A directory; empty: none; null: where it was last.</param>
    /// <param name="usual">Where, when nobody has said yet; null: nowhere.</param>
    public async Task BeginAsync(string? asked, string? usual)
    {
        volumes.Opened = ShowAsync;
        if (asked?.Length == 0 || (asked ?? settings.Current.Mount ?? usual) is not { Length: > 0 } directory) return;
        try
        {
            await MountAsync(directory).ConfigureAwait(false);
        }
        catch (PeerDriveException e) when (asked is null)
        {
            Volatile.Write(ref problem, e.Message);
            log.NotMounted(e.Message);
        }
    }

    /// <exception cref="PeerDriveException">It cannot be mounted there; the message says why and what to do.</exception>
    public async Task MountAsync(string? directory)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var wanted = Path.TrimEndingDirectorySeparator(directory ?? (settings.Current.Mount is { Length: > 0 } last ? last : Default));
            if (Directory == wanted) return;
            if (Directory is { } elsewhere) throw new PeerDriveException(ErrorKind.Conflict, $"The drive is mounted at {elsewhere}; unmount it there first.");
            if (wanted == home.Path || home.Path.StartsWith(wanted + "/", StringComparison.Ordinal) || wanted.StartsWith(home.Path + "/", StringComparison.Ordinal))
                throw new PeerDriveException(ErrorKind.Conflict, $"{wanted} and the node's own directory {home.Path} must not lie in each other.");
            await EndAsync().ConfigureAwait(false);
            await BeginMountAsync(wanted).ConfigureAwait(false);
            settings.Change(now => now.Mount == wanted ? now : now with { Mount = wanted });
            Volatile.Write(ref problem, null);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Shows these common trees from here on, now or when it is mounted.</summary>
    public async Task ShowCommonAsync(IReadOnlyList<CommonView> shown)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            common = shown;
            if (drive is not null) await drive.ShowCommonAsync(shown).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <exception cref="PeerDriveException">Busy: programs use it.</exception>
    public async Task UnmountAsync()
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (mount is not null && !await mount.TryUnmountAsync().ConfigureAwait(false))
                throw new PeerDriveException(ErrorKind.Busy, $"Programs use files in {mount.MountPoint}, or work there. Close them and try again.");
            await EndAsync().ConfigureAwait(false);
            settings.Change(now => now.Mount == "" ? now : now with { Mount = "" });
        }
        finally
        {
            changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        volumes.Opened = null;
        await changing.WaitAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
        changing.Dispose();
    }

    private static string Default => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "PeerDrive");

    private async Task ShowAsync()
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (drive is not null) await drive.ShowAsync(volumes.Shown).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task BeginMountAsync(string directory)
    {
        var isRoot = Libc.EffectiveUser() == 0;
        var files = new DriveFiles(time, new Random(), TaskScheduler.Default, new DriveSettings(), isRoot, Libc.EffectiveUser(), Libc.EffectiveGroup(), log.MountOperationFailed);
        try
        {
            await files.ShowAsync(volumes.Shown).ConfigureAwait(false);
            await files.ShowCommonAsync(common).ConfigureAwait(false);
            MakeDirectory(directory);
            var options = new FuseMountOptions
            {
                AllowOther = isRoot, NoSetUser = !isRoot, NoDevices = !isRoot, OnFault = log.MountOperationFailed,
            };
            if (program is not null) teller = new ChangeTeller(files, program, time, log);
            mount = await FuseMount.MountAsync(new MountedDrive(files, log, teller) { SpaceFolder = home.Path }, directory, options).ConfigureAwait(false);
            teller?.Start(mount);
            Volatile.Write(ref drive, files);
        }
        catch (Exception e)
        {
            teller = null;
            await files.DisposeAsync().ConfigureAwait(false);
            throw Failures.Translate(e) ?? e;
        }
    }

    private async Task EndAsync()
    {
        if (teller is not null) await teller.DisposeAsync().ConfigureAwait(false);
        teller = null;
        if (mount is not null) await mount.DisposeAsync().ConfigureAwait(false);
        mount = null;
        if (drive is not null) await drive.DisposeAsync().ConfigureAwait(false);
        Volatile.Write(ref drive, null);
    }

    /// <summary>A mount whose program died cannot be looked at, but it is there.</summary>
    private static void MakeDirectory(string directory)
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        catch (IOException)
        {
            // Mounting says what is wrong with it, or clears a dead mount away.
        }
    }
}
