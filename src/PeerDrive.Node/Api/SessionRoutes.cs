using Microsoft.AspNetCore.Http;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>Logging in and out of the page.</summary>
internal static class SessionRoutes
{
    public const string Route = "session";

    public static void Map(ApiRoutes api, PeerDriveNode node, WebLogins logins, WebGuard guard)
    {
        api.Get(Route, call => call.AnswerAsync(Of(node, call.Session ?? throw new PeerDriveException(ErrorKind.NotFound, "You are logged in by the socket or the token, not by a browser."))));
        api.Post(Route, async call =>
        {
            var session = logins.LogIn((await call.BodyAsync<SessionRequest>().ConfigureAwait(false)).Secret);
            guard.SetCookie(call.Http, session);
            await call.AnswerAsync(Of(node, session)).ConfigureAwait(false);
        });
        api.Delete(Route, call =>
        {
            if (call.Session is { } session) logins.LogOut(session);
            guard.SetCookie(call.Http, null);
            return call.DoneAsync();
        });
        api.Post("page", call => call.AnswerAsync(node.PageAddress is { } address
            ? new PagePlace(address, $"{address}#code={logins.NewCode()}")
            : throw new PeerDriveException(ErrorKind.NotFound, "This node serves no page: it was started with --web off.")));
    }

    private static SessionStatus Of(PeerDriveNode node, WebSession session) =>
        new(node.Core.Identity.Device.Certificate.Name, node.Core.Identity.PersonCertificate.Name, session.RequestToken, session.Until);
}
