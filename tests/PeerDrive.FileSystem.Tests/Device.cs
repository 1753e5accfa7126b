using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PeerDrive.FileSystem.Handles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Tests;

/// <summary>One device with its replica of a volume and a drive that shows it. Paths are relative to the volume's folder.</summary>
internal sealed class Device : IAsyncDisposable
{
    public static readonly Caller Me = new(1000, 1000);

    private readonly string home;
    private readonly VolumeContext context;
    private readonly DriveSettings settings;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, ulong> lookups = [];

    private Device(string home, VolumeContext context, DriveSettings settings, TimeProvider time)
    {
        this.home = home;
        this.context = context;
        this.settings = settings;
        this.time = time;
    }

    public Volume Volume { get; private set; } = null!;

    public DriveFiles Drive { get; private set; } = null!;

    /// <summary>Null until <see cref="StartSearch"/>.</summary>
    public VolumeSearch? Search { get; private set; }

    public VolumeTree Tree => Drive.TreeOf(Volume)!;

    /// <summary>What the kernel was told, in order: a node, and a name in it.</summary>
    public ConcurrentQueue<(ulong Node, string? Name)> Notices { get; } = new();

    /// <summary>What programs that watch would have seen, in order.</summary>
    public ConcurrentQueue<NameEvent> Events { get; } = new();

    public static async Task<Device> CreateAsync(
        string home, int seed = 1, VolumeId? join = null, DriveSettings? settings = null, TimeProvider? time = null, IDisk? disk = null)
    {
        using var person = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Certificates.CreatePerson(person, $"person {seed}");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var device = new DeviceKey(key, Certificates.CreateDevice(key, $"device {seed}", person, certificate));
        var context = new VolumeContext(disk ?? new RealDisk(), TimeProvider.System, new Random(seed), device, certificate);
        var made = new Device(home, context, settings ?? new DriveSettings(), time ?? TimeProvider.System);
        Directory.CreateDirectory(home);
        made.Volume = join is { } id ? await Volume.OpenAsync(id, context, made.Volumes) : await Volume.CreateAsync(context, made.Volumes, "test", []);
        await made.MountAsync();
        return made;
    }

    /// <summary>A second device whose person is a member with a role.</summary>
    public async Task<Device> InviteAsync(string otherHome, Role role = Role.Writer, DriveSettings? otherSettings = null)
    {
        var other = await CreateAsync(otherHome, 2, Volume.Id, otherSettings ?? settings);
        await Volume.CommitAsync(edit => edit.Administer(new Operation.Member(other.context.Person, role, ReadOnlyMemory<byte>.Empty)), Role.Owner);
        await SendAsync(other);
        await other.Volume.CommitAsync(edit => edit.Administer(new Operation.Device(other.context.Device.Certificate)), Role.None);
        await other.SendAsync(this);
        await Soon.UntilAsync(() => other.Drive.LookUp(other.Drive.Root, "test"u8).Error is null);
        return other;
    }

    public async Task MountAsync()
    {
        Drive = new DriveFiles(time, new Random(7), TaskScheduler.Default, settings, showsOwners: false, Me.Uid, Me.Gid, searchOf: _ => Search);
        await Drive.ShowAsync([Volume]);
        Drive.Start(new KernelNotices(
            node =>
            {
                Notices.Enqueue((node, null));
                return ValueTask.CompletedTask;
            },
            (node, name) =>
            {
                Notices.Enqueue((node, Encoding.UTF8.GetString(name.Span)));
                return ValueTask.CompletedTask;
            },
            _ => { },
            Events.Enqueue));
    }

    public void StartSearch()
    {
        Search = VolumeSearch.Open(Volume, context.Disk, time);
        Search.Start();
    }

    public async Task UnmountAsync()
    {
        await Drive.DisposeAsync();
        lock (gate) lookups.Clear();
    }

    /// <summary>What a killed process leaves: the replica's files as they are now, opened and mounted again.</summary>
    public async Task CrashAsync()
    {
        var target = Path.Combine(home, $"after{Directory.GetDirectories(home).Length}");
        var folder = Path.Combine(target, Volume.Id.ToHex());
        foreach (var file in Directory.EnumerateFiles(Volume.Folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(folder, Path.GetRelativePath(Volume.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
        await UnmountAsync();
        await Volume.DisposeAsync();
        Volume = await Volume.OpenAsync(Volume.Id, context, target);
        await MountAsync();
    }

    /// <summary>Ends the mount and the replica, and opens both again.</summary>
    public async Task ReopenAsync()
    {
        await UnmountAsync();
        var folder = Path.GetDirectoryName(Volume.Folder)!;
        await Volume.DisposeAsync();
        Volume = await Volume.OpenAsync(Volume.Id, context, folder);
        await MountAsync();
    }

    /// <summary>Brings to the other replica what it lacks.</summary>
    public async Task SendAsync(Device other)
    {
        while (Volume.ReadMissing(other.Volume.Vector, 4 << 20) is { Count: > 0 } changesets) Assert.Null((await other.Volume.ApplyAsync(changesets)).Refusal);
        while (other.Volume.MissingContents(1000) is { Count: > 0 } contents)
        {
            foreach (var chunk in contents.SelectMany(content => other.Volume.Contents.Missing(content, 100_000)).Distinct().ToList())
            {
                using var stored = Volume.Contents.Chunks.ReadStored(chunk);
                using var sent = new ReceivedChunk(chunk, stored.Encoding, stored.Payload.Length, stored.Plain);
                stored.Payload.Span.CopyTo(sent.Payload);
                Assert.True(other.Volume.Contents.Chunks.TryPutReceived(sent));
            }
            other.Volume.ContentsArrived([.. contents]);
        }
    }

    public Task FlushAsync() => Drive.FlushAsync().OrFail();

    /// <summary>The volume's writer stands still: what is committed meanwhile stays under way.</summary>
    public async Task<IAsyncDisposable> HoldCommitsAsync()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new ManualResetEventSlim();
        var commit = Task.Factory.StartNew(
            () => Volume.CommitAsync(_ =>
            {
                begun.SetResult();
                end.Wait();
            }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await begun.Task.OrFail();
        return new Held(end, commit);
    }

    /// <summary>Returns when the mount has a commit under way.</summary>
    public Task UntilCommittingAsync() => Soon.UntilAsync(() => Tree.IsCommitting);

    public NodeView Look(string path)
    {
        var at = Count(Drive.LookUp(Drive.Root, "test"u8).Required());
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries)) at = Count(Drive.LookUp(at.Node, Encoding.UTF8.GetBytes(part)).Required());
        return at with { Attributes = Drive.GetAttributes(at.Node) };
    }

    public NodeView? TryLook(string path)
    {
        var (folder, name) = Parts(path);
        var found = Drive.LookUp(folder, name);
        if (found.Error == ErrorKind.NotFound) return null;
        return Count(found.Required());
    }

    public bool Has(string path) => TryLook(path) is not null;

    /// <summary>Gives all look-ups back, as the kernel does when it needs memory.</summary>
    public void Forget()
    {
        List<KeyValuePair<ulong, ulong>> all;
        lock (gate)
        {
            all = [.. lookups];
            lookups.Clear();
        }
        foreach (var (node, count) in all) Drive.Forget(node, count);
    }

    public (ulong Folder, byte[] Name) Parts(string path)
    {
        var slash = path.LastIndexOf('/');
        return (Look(slash < 0 ? "" : path[..slash]).Node, Encoding.UTF8.GetBytes(path[(slash + 1)..]));
    }

    public OpenFile Create(string path, FileAccess access = FileAccess.ReadWrite)
    {
        var (folder, name) = Parts(path);
        var file = Drive.Create(folder, Me, name, 0x1A4, access, isExclusive: true).Required();
        Count(file.View);
        return file;
    }

    public OpenFile Open(string path, FileAccess access = FileAccess.ReadWrite, bool truncates = false) => Drive.Open(Look(path).Node, Me, access, truncates).Required();

    /// <summary>Writes a file as most programs do: makes it, or cuts it and writes it anew.</summary>
    public void Write(string path, string text)
    {
        var file = Has(path) ? Open(path, FileAccess.Write, truncates: true) : Create(path);
        file.Put(text);
        file.Release();
    }

    public string Read(string path)
    {
        var file = Open(path, FileAccess.Read);
        var text = file.Text();
        file.Release();
        return text;
    }

    public NodeView MakeFolder(string path) => Make(path, new NewNode(DocumentKind.Folder, 0x1ED)).Required();

    public Outcome<NodeView> Make(string path, NewNode made)
    {
        var (folder, name) = Parts(path);
        var outcome = Drive.Make(folder, Me, name, made);
        if (outcome.Error is null) Count(outcome.Value);
        return outcome;
    }

    public ErrorKind? Remove(string path)
    {
        var (folder, name) = Parts(path);
        return Drive.Unlink(folder, name);
    }

    public ErrorKind? RemoveFolder(string path)
    {
        var (folder, name) = Parts(path);
        return Drive.RemoveFolder(folder, name);
    }

    public ErrorKind? Rename(string from, string to, RenameKind kind = RenameKind.Replace)
    {
        // As the kernel does: both names are looked up before.
        TryLook(from);
        TryLook(to);
        var (folder, name) = Parts(from);
        var (newFolder, newName) = Parts(to);
        return Drive.Rename(folder, name, newFolder, newName, kind);
    }

    public ErrorKind? Link(string existing, string path)
    {
        var node = Look(existing).Node;
        var (folder, name) = Parts(path);
        var outcome = Drive.Link(node, folder, name);
        if (outcome.Error is null) Count(outcome.Value);
        return outcome.Error;
    }

    public string[] List(string path = "")
    {
        var folder = Drive.OpenFolder(Look(path).Node).Required();
        return [.. folder.Lines.Select(line => line.Name.ToString()).Order(StringComparer.Ordinal)];
    }

    public ErrorKind? SetXattr(string path, string name, string value) =>
        Drive.SetXattr(Look(path).Node, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value), mustBeNew: false, mustExist: false);

    public string? Xattr(string path, string name) =>
        Drive.GetXattr(Look(path).Node, Encoding.UTF8.GetBytes(name)) is { Error: null, Value: var value } ? Encoding.UTF8.GetString(value.Span) : null;

    public EntryView? Committed(string path) => Volume.Reader.Resolve(Encoding.UTF8.GetBytes(path), out _);

    public string CommittedText(string path) =>
        Encoding.UTF8.GetString(Volume.Contents.ReadAll((Committed(path) ?? throw new InvalidOperationException($"The volume has no '{path}'.")).Shown!.Value.Content, 1 << 24));

    public int Revisions(string path) => Volume.Reader.History(Committed(path)!.Document).Count;

    public async ValueTask DisposeAsync()
    {
        await Drive.DisposeAsync();
        if (Search is not null) await Search.DisposeAsync();
        await Volume.DisposeAsync();
        context.Device.Dispose();
    }

    private string Volumes => Path.Combine(home, "volumes");

    private NodeView Count(NodeView view)
    {
        lock (gate) lookups[view.Node] = lookups.GetValueOrDefault(view.Node) + 1;
        return view;
    }

    private sealed class Held(ManualResetEventSlim end, Task commit) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            end.Set();
            await commit.OrFail();
            end.Dispose();
        }
    }
}
