using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using PeerDrive.Client;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>One request: its parts, and the answer.</summary>
internal readonly struct ApiCall(HttpContext http)
{
    private static readonly JsonSerializerOptions Answers = new(PeerDriveClient.Json);

    /// <summary>What a program leaves out is as the contract says. Readers prepared at build time would make it null.</summary>
    private static readonly JsonSerializerOptions Requests = new(PeerDriveClient.Json)
    {
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public HttpContext Http => http;

    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>A part of the path; a slash in it comes escaped.</summary>
    public string Route(string name) => ((string)http.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Empty when it is missing.</summary>
    public string Query(string name) => http.Request.Query[name].ToString();

    /// <summary>All values of one name.</summary>
    public IReadOnlyList<string> Queries(string name) => [.. http.Request.Query[name].OfType<string>().Where(value => value.Length > 0)];

    /// <exception cref="PeerDriveException">Invalid: it is missing.</exception>
    public string RequiredQuery(string name) =>
        Query(name) is { Length: > 0 } value ? value : throw new PeerDriveException(ErrorKind.Invalid, $"The request lacks '{name}'.");

    public bool Flag(string name) => bool.TryParse(Query(name), out var value) && value;

    /// <exception cref="PeerDriveException">Invalid: not what is expected.</exception>
    public async Task<T> BodyAsync<T>()
        where T : class =>
        await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Requests, Cancellation).ConfigureAwait(false)
        ?? throw new PeerDriveException(ErrorKind.Invalid, "The request is empty.");

    /// <summary>Answers with a value; sequences are written as they are produced.</summary>
    public Task AnswerAsync<T>(T value)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, value, Answers, Cancellation);
    }

    /// <summary>Where a listener for events was when it was cut off; empty: nowhere yet.</summary>
    public string LastEventId => http.Request.Headers["Last-Event-ID"].ToString();

    /// <summary>The session by which a browser asks; null: it is no browser.</summary>
    public WebSession? Session => http.Features.Get<WebSession>();

    /// <summary>The bytes that come with the request, of any number.</summary>
    public Stream BeginBody()
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return http.Request.Body;
    }

    /// <summary>Answers with a text.</summary>
    public Task TextAsync(string text, string type)
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text, Cancellation);
    }

    /// <summary>Sends a piece of an answer that goes on until who asked goes away, at once.</summary>
    public async Task SendEventAsync(string piece)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
        }
        await http.Response.WriteAsync(piece, Cancellation).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(Cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers that it is done.</summary>
    public Task DoneAsync()
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Says of which version the bytes are, and finds out which of them are asked for.</summary>
    /// <param name="tag">What tells this content from every other.</param>
    /// <returns>Null: it was answered without any.</returns>
    public ByteRange? Negotiate(string tag, long size)
    {
        var entity = new EntityTagHeaderValue($"\"{tag}\"");
        var headers = http.Request.GetTypedHeaders();
        http.Response.Headers.ETag = entity.ToString();
        http.Response.Headers.AcceptRanges = "bytes";
        if (headers.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(entity, useStrongComparison: false)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }
        if (ByteRange.Of(headers, entity, size) is { } range) return range;
        http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        http.Response.Headers.ContentRange = new ContentRangeHeaderValue(size).ToString();
        return null;
    }

    /// <summary>Begins an answer of bytes.</summary>
    /// <param name="path">Says what they are; a browser shows some kinds and saves the others.</param>
    public Stream BeginBytes(ByteRange range, long size, string path)
    {
        var type = Flag("inline") ? ContentTypes.Shown(path) : null;
        var disposition = new ContentDispositionHeaderValue(type is null ? "attachment" : "inline");
        disposition.SetHttpFileName(path[(path.LastIndexOf('/') + 1)..]);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        http.Response.Headers.ContentSecurityPolicy = ContentTypes.Policy(type);
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.ContentType = type ?? "application/octet-stream";
        http.Response.ContentLength = range.Length;
        if (range.IsPart)
        {
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = new ContentRangeHeaderValue(range.From, range.End - 1, size).ToString();
        }
        return http.Response.Body;
    }
}
