using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Home;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>Puts handlers under routes and turns what they throw into a <see cref="Problem"/>.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, ILogger log, WebGuard guard, WebPage page)
{
    public const string Root = "/api/v1/";

    private readonly List<ApiRoute> all = [];

    /// <summary>All that were put, as they are described.</summary>
    public IReadOnlyList<ApiRoute> All => all;

    public void Get(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Get, route, operation, handle);

    public void Head(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Head, route, operation, handle);

    public void Post(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Post, route, operation, handle);

    public void Patch(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Patch, route, operation, handle);

    public void Delete(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Delete, route, operation, handle);

    public void Put(string route, ApiOperation operation, Func<ApiCall, Task> handle) => Map(HttpMethods.Put, route, operation, handle);

    /// <summary>Answers what no other route does: with the page, if it is not the API that is asked.</summary>
    public void MapRest() => routes.MapFallback("{**rest}", http => RunAsync(http, () => http.Request.Path.StartsWithSegments("/api")
        ? throw new PeerDriveException(ErrorKind.NotFound, $"The API of this node has no {http.Request.Method} {http.Request.Path}; the program that asks may be of another version.")
        : page.AnswerAsync(http)));

    private void Map(string method, string route, ApiOperation operation, Func<ApiCall, Task> handle)
    {
        all.Add(new ApiRoute(method, route, operation));
        routes.MapMethods(Root + route, [method], http => RunAsync(http, () =>
        {
            var call = new ApiCall(http, operation);
            call.RequireKnownQuery();
            return handle(call);
        }));
    }

    private async Task RunAsync(HttpContext http, Func<Task> handle)
    {
        try
        {
            guard.Require(http);
            await handle().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Who asked went away.
        }
        catch (Exception e)
        {
            await AnswerAsync(http, e).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext http, Exception e)
    {
        var failure = e is WebLoginRequiredException ? new PeerDriveException(ErrorKind.Forbidden, e.Message) : Failures.Translate(e);
        if (failure is null) log.RequestFailed(e, http.Request.Method, http.Request.Path);
        else log.RequestRefused(http.Request.Method, http.Request.Path, failure.Kind.ToString(), failure.Message);
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return;
        }
        var kind = failure?.Kind ?? ErrorKind.Internal;
        var (_, status, exit) = kind.Codes();
        http.Response.Clear();
        WebGuard.SetHeaders(http);
        http.Response.StatusCode = e is WebLoginRequiredException ? StatusCodes.Status401Unauthorized : status;
        await ApiCall.RefuseAsync(http, new Problem(kind.ToString(), exit, failure?.Message ?? "A fault of the node; its log has more.") { Status = http.Response.StatusCode }).ConfigureAwait(false);
    }
}
