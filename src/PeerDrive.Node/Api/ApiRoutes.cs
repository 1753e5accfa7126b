using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>Puts handlers under routes and turns what they throw into a <see cref="Problem"/>.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, ILogger log, WebGuard guard, WebPage page)
{
    public const string Root = "/api/v1/";

    public void Get(string route, Func<ApiCall, Task> handle) => Map(HttpMethods.Get, route, handle);

    public void Post(string route, Func<ApiCall, Task> handle) => Map(HttpMethods.Post, route, handle);

    public void Patch(string route, Func<ApiCall, Task> handle) => Map(HttpMethods.Patch, route, handle);

    public void Delete(string route, Func<ApiCall, Task> handle) => Map(HttpMethods.Delete, route, handle);

    public void Put(string route, Func<ApiCall, Task> handle) => Map(HttpMethods.Put, route, handle);

    /// <summary>Answers what no other route does: with the page, if it is not the API that is asked.</summary>
    public void MapRest() => routes.MapFallback("{**rest}", http => RunAsync(http, _ => http.Request.Path.StartsWithSegments("/api")
        ? throw new PeerDriveException(ErrorKind.NotFound, $"The API of this node has no {http.Request.Method} {http.Request.Path}; the program that asks may be of another version.")
        : page.AnswerAsync(http)));

    private void Map(string method, string route, Func<ApiCall, Task> handle) => routes.MapMethods(Root + route, [method], http => RunAsync(http, handle));

    private async Task RunAsync(HttpContext http, Func<ApiCall, Task> handle)
    {
        try
        {
            guard.Require(http);
            await handle(new ApiCall(http)).ConfigureAwait(false);
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
        await new ApiCall(http).AnswerAsync(new Problem(kind.ToString(), exit, failure?.Message ?? "A fault of the node; its log has more.")).ConfigureAwait(false);
    }
}
