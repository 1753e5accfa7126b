using System.Security.Cryptography;
using System.Text;
using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Ignoring;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Tests;

/// <summary>One device with its replica of a volume and, when it is linked, a directory.</summary>
internal sealed class Side : IAsyncDisposable
{
    private readonly string home;
    private readonly VolumeContext context;
    private readonly Random random;

    private Side(string home, VolumeContext context, Random random)
    {
        this.home = home;
        this.context = context;
        this.random = random;
        Directory = Path.Combine(home, "directory");
    }

    public Volume Volume { get; private set; } = null!;

    public LinkedFolder Link { get; set; } = null!;

    public string Directory { get; private set; }

    public DeviceCertificate Device => context.Device.Certificate;

    public PersonCertificate Person => context.Person;

    public LinkSettings Settings { get; set; } = null!;

    public static async Task<Side> CreateAsync(string home, int seed, VolumeId? join = null)
    {
        var person = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Certificates.CreatePerson(person, $"person {seed}");
        var device = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new DeviceKey(device, Certificates.CreateDevice(device, $"device {seed}", person, certificate));
        var random = new Random(seed);
        System.IO.Directory.CreateDirectory(home);
        var side = new Side(home, new VolumeContext(new RealDisk(), TimeProvider.System, random, key, certificate), random);
        var volumes = Path.Combine(home, "volumes");
        side.Volume = join is { } id ? await Volume.OpenAsync(id, side.context, volumes) : await Volume.CreateAsync(side.context, volumes, "test", []);
        side.Settings = new LinkSettings(LinkId.Create(random), EntryId.Root, side.Directory, SpaceMode.Keep, []);
        return side;
    }

    /// <summary>A second device whose person is a member with a role.</summary>
    public async Task<Side> InviteAsync(string otherHome, Role role = Role.Writer)
    {
        var other = await CreateAsync(otherHome, 2, Volume.Id);
        await Volume.CommitAsync(edit =>
        {
            edit.Administer(new Operation.Member(other.Person, role, ReadOnlyMemory<byte>.Empty));
        }, Role.Owner);
        await SendAsync(other);
        if (role >= Role.Reader)
        {
            await other.Volume.CommitAsync(edit => edit.Administer(new Operation.Device(other.Device)), Role.None);
            await other.SendAsync(this);
        }
        return other;
    }

    public async Task LinkAsync()
    {
        Link = await LinkedFolder.OpenAsync(Volume, Settings, new FolderContext(TimeProvider.System, random, TaskScheduler.Default));
        await IdleAsync();
    }

    /// <summary>Links as lean, if wished a directory elsewhere.</summary>
    public Task LinkLeanAsync(string? directory = null)
    {
        Directory = directory ?? Directory;
        Settings = Settings with { Directory = Directory, Space = SpaceMode.Lean };
        return LinkAsync();
    }

    /// <summary>Ends everything and opens the replica again, if wished with a catalog made anew.</summary>
    public async Task ReopenAsync(bool withoutCatalog = false)
    {
        if (Link is not null) await UnlinkAsync();
        await Volume.DisposeAsync();
        if (withoutCatalog)
        {
            foreach (var file in System.IO.Directory.GetFiles(Volume.Folder, "catalog.db*")) File.Delete(file);
        }
        Volume = await Volume.OpenAsync(Volume.Id, context, Path.Combine(home, "volumes"));
    }

    /// <summary>What the parts of a link work on, while no link is open.</summary>
    public LinkScope OpenScope()
    {
        var directory = LinkedDirectory.TryOpen(Directory, Settings.Id, isNew: false)!;
        var number = new LinkTable(Volume).NumberOf(Settings.Id)!.Value;
        var rows = new RowTable(Volume.State, number, Settings.Folder);
        return new LinkScope(
            Volume, Settings, new FolderContext(TimeProvider.System, random, TaskScheduler.Default), directory, rows, new FolderRules(directory, rows, []), new AccountNames(),
            new DraftTable(Volume, number));
    }

    public Task IdleAsync() => Link.IdleAsync(CancellationToken.None).OrFail();

    public async Task UnlinkAsync()
    {
        await Link.DisposeAsync();
        Link = null!;
    }

    /// <summary>Brings to the other replica what it lacks: changesets, and if wished contents.</summary>
    public async Task SendAsync(Side other, bool withContents = true)
    {
        while (Volume.ReadMissing(other.Volume.Vector, 4 << 20) is { Count: > 0 } changesets)
        {
            var outcome = await other.Volume.ApplyAsync(changesets);
            Assert.Null(outcome.Refusal);
        }
        if (!withContents) return;
        while (other.Volume.MissingContents(1000) is { Count: > 0 } contents)
        {
            foreach (var content in contents)
            {
                while (other.Volume.Contents.Missing(content, 1000) is { Count: > 0 } chunks)
                {
                    foreach (var chunk in chunks) SendChunk(other, chunk);
                }
            }
            other.Volume.ContentsArrived([.. contents]);
        }
    }

    public void SendChunk(Side other, ChunkId chunk)
    {
        using var stored = Volume.Contents.Chunks.ReadStored(chunk);
        using var sent = new ReceivedChunk(chunk, stored.Encoding, stored.Payload.Length, stored.Plain);
        stored.Payload.Span.CopyTo(sent.Payload);
        Assert.True(other.Volume.Contents.Chunks.TryPutReceived(sent));
    }

    /// <summary>Brings both to the same state, directories included.</summary>
    public async Task ExchangeAsync(Side other)
    {
        await IdleAsync();
        await other.IdleAsync();
        await SendAsync(other);
        await other.SendAsync(this);
        await IdleAsync();
        await other.IdleAsync();
        if (!Volume.Vector.Equals(other.Volume.Vector)) await ExchangeAsync(other);
    }

    public string PathOf(string name) => Path.Combine(Directory, name);

    public void Write(string name, string text)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    public string Read(string name) => File.ReadAllText(PathOf(name));

    public bool Has(string name) => Path.Exists(PathOf(name));

    public EntryView? Find(string path) => Volume.Reader.Resolve(Encoding.UTF8.GetBytes(path), out _);

    public EntryView Require(string path) => Find(path) ?? throw new InvalidOperationException($"The volume has no '{path}'.");

    public string Content(string path)
    {
        var view = Require(path);
        return Encoding.UTF8.GetString(Volume.Contents.ReadAll(view.Shown!.Value.Content, 1 << 20));
    }

    public string[] Names(string folder = "") =>
        [.. System.IO.Directory.EnumerateFileSystemEntries(PathOf(folder)).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith(".pd~", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        if (Link is not null) await Link.DisposeAsync();
        await Volume.DisposeAsync();
        context.Device.Dispose();
    }
}
