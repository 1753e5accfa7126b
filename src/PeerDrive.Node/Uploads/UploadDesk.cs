using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api;
using PeerDrive.Node.Home;
using PeerDrive.Node.Volumes;

namespace PeerDrive.Node.Uploads;

/// <summary>
/// Files that come in pieces, over connections that break and restarts of the node: each is a file of bytes with what is known of it
/// beside, in the uploads folder, until it is whole and becomes a version.
/// </summary>
internal sealed class UploadDesk : IDisposable
{
    /// <summary>Who does not go on for so long has given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>For so long who did not hear that all came can ask.</summary>
    private static readonly TimeSpan DonePatience = TimeSpan.FromHours(1);

    private const int MaxUploads = 1_000, MaxStateBytes = 64 << 10, IdBytes = 16;
    private const string StateSuffix = ".json", BytesSuffix = ".part";

    private readonly ConcurrentDictionary<string, Upload> uploads = new();
    private readonly string folder;
    private readonly VolumeTable volumes;
    private readonly TimeProvider time;

    /// <summary>Finds what was begun before, and removes what else lies in the folder.</summary>
    public UploadDesk(string folder, VolumeTable volumes, TimeProvider time)
    {
        this.folder = folder;
        this.volumes = volumes;
        this.time = time;
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + StateSuffix))
        {
            if (Read(file) is not { } kept) continue;
            var id = Path.GetFileNameWithoutExtension(file);
            var isWhole = new FileInfo(BytesOf(id)) is { Exists: true } bytes && bytes.Length == kept.Size;
            uploads[id] = new Upload(id, BytesOf(id), kept) { MayBeAVersion = isWhole };
        }
        RemoveOld();
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !uploads.ContainsKey(Path.GetFileNameWithoutExtension(file)))) File.Delete(file);
    }

    /// <summary>A new file beside the uploads, for bytes that come in one piece. It does not outlive the node.</summary>
    public string NewFile()
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, Path.GetRandomFileName());
    }

    /// <exception cref="PeerDriveException">NoSpace: it does not fit on the disk. LimitExceeded: too many are open. What <see cref="VolumePaths.PlainPath"/> throws.</exception>
    public Upload Begin(KeptUpload kept)
    {
        RemoveOld();
        if (uploads.Values.Count(open => !open.Kept.IsDone) >= MaxUploads) throw new PeerDriveException(ErrorKind.LimitExceeded, $"{MaxUploads} uploads are open. Finish some, or give them up.");
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        Directory.CreateDirectory(folder);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (kept.Size > free) throw new PeerDriveException(ErrorKind.NoSpace, $"The file has {kept.Size} bytes, and only {free} are free.");
        PrivateFiles.Replace(BytesOf(id), []);
        var upload = new Upload(id, BytesOf(id), kept);
        Keep(upload);
        uploads[id] = upload;
        return upload;
    }

    /// <exception cref="PeerDriveException">NotFound.</exception>
    public Upload Require(string id) => uploads.TryGetValue(id, out var upload) ? upload
        : throw new PeerDriveException(ErrorKind.NotFound, "There is no such upload; it was given up, or nothing came for a week. Begin anew.");

    /// <summary>Takes further bytes. When all are here, the file becomes a version.</summary>
    /// <param name="offset">Where these begin.</param>
    /// <returns>Bytes that are here.</returns>
    /// <exception cref="PeerDriveException">Conflict: other bytes are here; or the file is not as it was seen. Invalid: there are more bytes than were to come.</exception>
    public Task<long> ReceiveAsync(Upload upload, long offset, Stream body, CancellationToken cancellation) => upload.InTurnAsync(
        async current =>
        {
            if (upload.Received is var received && received != offset) throw new PeerDriveException(ErrorKind.Conflict, $"{received} bytes are here, and these begin at {offset}.");
            if (upload.Kept.IsDone) return offset;
            if (await upload.ReceiveAsync(body, current).ConfigureAwait(false)) throw new PeerDriveException(ErrorKind.Invalid, $"The file was to have {upload.Kept.Size} bytes, and there are more.");
            if (upload.IsWhole) await FinishAsync(upload).ConfigureAwait(false);
            return upload.Received;
        }, cancellation);

    /// <summary>Bytes that are here. One that is whole and no version yet, as the node was ended or it could not be one, becomes a version now.</summary>
    /// <exception cref="PeerDriveException">What <see cref="ReceiveAsync"/> throws.</exception>
    public Task<long> ResumeAsync(Upload upload, CancellationToken cancellation) =>
        upload is { IsWhole: true, Kept.IsDone: false } ? ReceiveAsync(upload, upload.Kept.Size, Stream.Null, cancellation) : Task.FromResult(upload.Received);

    public Task RemoveAsync(Upload upload) => upload.InTurnAsync(
        _ =>
        {
            Remove(upload);
            return Task.FromResult(true);
        }, CancellationToken.None);

    public void Dispose()
    {
        foreach (var upload in uploads.Values) upload.Dispose();
    }

    private async Task FinishAsync(Upload upload)
    {
        var volume = volumes.Require(upload.Kept.Volume);
        using (var source = LocalFileSource.Open(upload.Path, long.MaxValue))
        {
            var content = volume.Contents.Store(source, 0, null, CancellationToken.None);
            await FileWrites.CommitAsync(volume, upload.Kept.Write, content, time, upload.MayBeAVersion).ConfigureAwait(false);
        }
        upload.Kept = upload.Kept with { IsDone = true };
        Keep(upload);
        // The bytes are in the volume; the empty file says when that was.
        using var bytes = File.OpenHandle(upload.Path, FileMode.Truncate, FileAccess.Write);
    }

    private void RemoveOld()
    {
        foreach (var upload in uploads.Values.Where(upload => time.GetUtcNow() - upload.Touched > (upload.Kept.IsDone ? DonePatience : Patience))) Remove(upload);
    }

    private void Remove(Upload upload)
    {
        uploads.TryRemove(upload.Id, out _);
        File.Delete(StateOf(upload.Id));
        File.Delete(upload.Path);
    }

    private void Keep(Upload upload) => PrivateFiles.Replace(StateOf(upload.Id), JsonSerializer.SerializeToUtf8Bytes(upload.Kept));

    /// <returns>Null: it is damaged, so that nothing can come of it.</returns>
    private static KeptUpload? Read(string file)
    {
        try
        {
            return new FileInfo(file).Length > MaxStateBytes ? null : JsonSerializer.Deserialize<KeptUpload>(File.ReadAllBytes(file));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string StateOf(string id) => Path.Combine(folder, id + StateSuffix);

    private string BytesOf(string id) => Path.Combine(folder, id + BytesSuffix);
}
