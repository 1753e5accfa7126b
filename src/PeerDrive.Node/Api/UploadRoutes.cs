using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Uploads;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Uploads that can be resumed, as tus has them: core, creation, expiration and termination.</summary>
/// <seealso href="https://tus.io/protocols/resumable-upload"/>
internal static class UploadRoutes
{
    private const string Version = "1.0.0", Extensions = "creation,expiration,termination", Piece = "application/offset+octet-stream";
    private const string VersionHeader = "Tus-Resumable", OffsetHeader = "Upload-Offset", LengthHeader = "Upload-Length", MetadataHeader = "Upload-Metadata";

    private static readonly ApiParameter
        Resumable = new(VersionHeader, $"{Version}, as programs say that speak tus.") { IsRequired = true },
        Offset = new(OffsetHeader, "Where the bytes begin that come with it.", "integer") { IsRequired = true };

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Post("volumes/{volume}/uploads", new("Begins an upload that can be resumed. Its address is in Location.")
        {
            Headers = [Resumable, new(LengthHeader, "Bytes of the file.", "integer") { IsRequired = true },
                new(MetadataHeader, "What tus has there: path, and base, folders, modified and comment as for writing content, each with its value in base 64.") { IsRequired = true }],
            Done = StatusCodes.Status201Created,
        }, call => BeginAsync(call, node.Core));
        api.Head("uploads/{upload}", new("How much of an upload is here: Upload-Offset of Upload-Length bytes.") { Headers = [Resumable] }, async call =>
        {
            RequireVersion(call);
            var upload = node.Core.Uploads.Require(call.Route("upload"));
            var received = await node.Core.Uploads.ResumeAsync(upload, call.Cancellation).ConfigureAwait(false);
            call.Http.Response.Headers[LengthHeader] = Text(upload.Kept.Size);
            await DoneAsync(call, received, node.Core.Time).ConfigureAwait(false);
        });
        api.Patch("uploads/{upload}", new("Brings further bytes of an upload. With the last, the file becomes a version.") { Headers = [Resumable, Offset], TakesBytes = Piece }, async call =>
        {
            RequireVersion(call);
            if (call.Http.Request.ContentType != Piece) throw new PeerDriveException(ErrorKind.Invalid, $"Bytes of an upload are of the type {Piece}.");
            var upload = node.Core.Uploads.Require(call.Route("upload"));
            await DoneAsync(call, await node.Core.Uploads.ReceiveAsync(upload, Number(call, OffsetHeader), call.BeginBody(), call.Cancellation).ConfigureAwait(false), node.Core.Time).ConfigureAwait(false);
        });
        api.Delete("uploads/{upload}", new("Gives an upload up.") { Headers = [Resumable] }, async call =>
        {
            RequireVersion(call);
            await node.Core.Uploads.RemoveAsync(node.Core.Uploads.Require(call.Route("upload"))).ConfigureAwait(false);
            call.Http.Response.Headers[VersionHeader] = Version;
            await call.DoneAsync().ConfigureAwait(false);
        });
    }

    private static async Task BeginAsync(ApiCall call, NodeCore core)
    {
        RequireVersion(call);
        var volume = core.Volumes.Require(call.Route("volume"));
        var told = Metadata(call.Header(MetadataHeader));
        var upload = core.Uploads.Begin(new KeptUpload(volume.Id.ToHex(), Number(call, LengthHeader), new FileWrite(FileWrites.Path(volume, Told("path")))
        {
            Seen = Told("base"), MakesFolders = Told("folders") == "true", Modified = FileWrite.Time(Told("modified")), Comment = Told("comment"),
        }));
        // A file without bytes is whole at once.
        var received = await core.Uploads.ResumeAsync(upload, call.Cancellation).ConfigureAwait(false);
        call.Http.Response.Headers.Location = $"{ApiRoutes.Root}uploads/{upload.Id}";
        await DoneAsync(call, received, core.Time).ConfigureAwait(false);
        call.Http.Response.Headers["Tus-Extension"] = Extensions;

        string Told(string name) => told.GetValueOrDefault(name, "");
    }

    private static Task DoneAsync(ApiCall call, long received, TimeProvider time)
    {
        var headers = call.Http.Response.Headers;
        headers[VersionHeader] = Version;
        headers[OffsetHeader] = Text(received);
        headers["Upload-Expires"] = (time.GetUtcNow() + UploadDesk.Patience).ToString("R", CultureInfo.InvariantCulture);
        headers.CacheControl = "no-store";
        return call.DoneAsync();
    }

    /// <exception cref="PeerDriveException">Invalid: it speaks another version, or none.</exception>
    private static void RequireVersion(ApiCall call)
    {
        if (call.Header(VersionHeader) != Version) throw new PeerDriveException(ErrorKind.Invalid, $"Uploads are done as tus {Version} has them: with the header {VersionHeader}: {Version}.");
    }

    private static long Number(ApiCall call, string header) => long.TryParse(call.Header(header), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new PeerDriveException(ErrorKind.Invalid, $"The header {header} is missing, or is no number of bytes.");

    /// <summary>Pairs with commas between them: a name, a blank, and the value in base 64.</summary>
    /// <exception cref="PeerDriveException">Invalid: it is something else.</exception>
    private static Dictionary<string, string> Metadata(string text)
    {
        var told = new Dictionary<string, string>();
        try
        {
            foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split(' ');
                told[parts[0]] = parts.Length > 1 ? Encoding.UTF8.GetString(Convert.FromBase64String(parts[1])) : "";
            }
        }
        catch (FormatException e)
        {
            throw new PeerDriveException(ErrorKind.Invalid, $"The header {MetadataHeader} is not as tus has it.", e);
        }
        if (told.GetValueOrDefault("path", "").Length == 0) throw new PeerDriveException(ErrorKind.Invalid, $"The header {MetadataHeader} says no path.");
        return told;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
