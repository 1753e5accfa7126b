using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>One request: its parts, and the answer.</summary>
/// <param name="operation">What was said of the route; the handler keeps to it.</param>
internal readonly struct ApiCall(HttpContext http, ApiOperation operation)
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
    public string Query(string name) => Asked(name).ToString();

    /// <summary>Empty when it is missing.</summary>
    public string Header(string name) =>
        Declares(operation.Headers, name) ? http.Request.Headers[name].ToString() : throw new InvalidOperationException($"The route is not said to know the header '{name}'.");

    /// <summary>All values of one name.</summary>
    public IReadOnlyList<string> Queries(string name) => [.. Asked(name).OfType<string>().Where(value => value.Length > 0)];

    /// <param name="usual">When it is missing.</param>
    /// <exception cref="PeerDriveException">Invalid: it is no number, or not in the range.</exception>
    public int Number(string name, int from, int to, int usual) =>
        Query(name).Length == 0 ? usual
        : int.TryParse(Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number
        : throw new PeerDriveException(ErrorKind.Invalid, $"'{name}' is a number from {from} to {to}, not '{Query(name)}'.");

    /// <summary>Says where the answer goes on, as RFC 8288 has it.</summary>
    public void LinkNext(string cursor)
    {
        var query = http.Request.Query.Where(pair => pair.Key != ApiParameters.Cursor.Name).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)));
        http.Response.Headers.Link = $"<{http.Request.Path}{QueryString.Create(query.Append(KeyValuePair.Create(ApiParameters.Cursor.Name, (string?)cursor)))}>; rel=\"next\"";
    }

    /// <exception cref="PeerDriveException">Invalid: it is missing.</exception>
    public string RequiredQuery(string name) =>
        Query(name) is { Length: > 0 } value ? value : throw new PeerDriveException(ErrorKind.Invalid, $"The request lacks '{name}'.");

    public bool Flag(string name) => bool.TryParse(Query(name), out var value) && value;

    /// <exception cref="PeerDriveException">Invalid: there is something that the route knows nothing of, as a misspelt name.</exception>
    public void RequireKnownQuery()
    {
        foreach (var name in http.Request.Query.Keys)
        {
            if (!Declares(operation.Query, name)) throw new PeerDriveException(ErrorKind.Invalid, $"{http.Request.Method} {http.Request.Path} knows no '{name}'; it knows: {string.Join(", ", operation.Query.Select(parameter => parameter.Name))}.");
        }
    }

    /// <exception cref="PeerDriveException">Invalid: not what is expected.</exception>
    public async Task<T> BodyAsync<T>()
        where T : class
    {
        if (operation.Takes != typeof(T)) throw new InvalidOperationException($"The route is said to take {operation.Takes?.Name ?? "nothing"}, not {typeof(T).Name}.");
        return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Requests, Cancellation).ConfigureAwait(false)
            ?? throw new PeerDriveException(ErrorKind.Invalid, "The request is empty.");
    }

    /// <summary>Answers with a value; sequences are written as they are produced.</summary>
    public Task AnswerAsync<T>(T value)
    {
        if (!operation.MayAnswer(typeof(T))) throw new InvalidOperationException($"The route is said to answer {operation.Answers?.Name ?? "nothing"}, not {typeof(T).Name}.");
        return WriteAsync(http, value, "application/json");
    }

    /// <summary>Answers that nothing was done, and why.</summary>
    /// <seealso href="https://www.rfc-editor.org/rfc/rfc9457"/>
    public static Task RefuseAsync(HttpContext http, Problem problem) => WriteAsync(http, problem, "application/problem+json");

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
        http.Response.StatusCode = operation.Done;
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

    private StringValues Asked(string name) =>
        Declares(operation.Query, name) ? http.Request.Query[name] : throw new InvalidOperationException($"The route is not said to know '{name}'.");

    private static bool Declares(IReadOnlyList<ApiParameter> declared, string name)
    {
        foreach (var parameter in declared)
        {
            if (parameter.Name == name) return true;
        }
        return false;
    }

    private static Task WriteAsync<T>(HttpContext http, T value, string type)
    {
        http.Response.ContentType = $"{type}; charset=utf-8";
        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, value, Answers, http.RequestAborted);
    }
}
