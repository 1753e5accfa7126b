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
        api.Get(Route, new("Who is logged in.") { Answers = typeof(SessionStatus) }, call => call.AnswerAsync(Of(node, call.Session ?? throw new PeerDriveException(ErrorKind.NotFound, "You are logged in by the socket or the token, not by a browser."))));
        api.Post(Route, new("Logs a browser in with a code or the token.") { Takes = typeof(SessionRequest), Answers = typeof(SessionStatus), IsOpen = true }, async call =>
        {
            var session = logins.LogIn((await call.BodyAsync<SessionRequest>().ConfigureAwait(false)).Secret);
            guard.SetCookie(call.Http, session);
            await call.AnswerAsync(Of(node, session)).ConfigureAwait(false);
        });
        api.Delete(Route, new("Logs out."), call =>
        {
            if (call.Session is { } session) logins.LogOut(session);
            guard.SetCookie(call.Http, null);
            return call.DoneAsync();
        });
        api.Put("page/password", new("Sets the password by which a person logs in, and ends all sessions.") { Takes = typeof(PasswordRequest) }, async call =>
        {
            var wanted = (await call.BodyAsync<PasswordRequest>().ConfigureAwait(false)).Password;
            logins.ChangePassword(() => WebPassword.Set(node.Core.Home.Path, wanted));
            await call.DoneAsync().ConfigureAwait(false);
        });
        api.Delete("page/password", new("Removes the password, and ends all sessions."), call =>
        {
            if (node.RemotePage is not null) throw new PeerDriveException(ErrorKind.Conflict, "Other devices can open the page, and may only with a password. Start the node without --web-remote first.");
            logins.ChangePassword(() =>
            {
                WebPassword.Remove(node.Core.Home.Path);
                return null;
            });
            return call.DoneAsync();
        });
        api.Post("page", new("Where the page is, with a code to log in.") { Answers = typeof(PagePlace) }, call => call.AnswerAsync(node.PageAddress is { } address
            ? new PagePlace(address, $"{address}#code={logins.NewCode()}") { Remote = node.RemotePage?.Address, Fingerprint = node.RemotePage?.Fingerprint }
            : throw new PeerDriveException(ErrorKind.NotFound, "This node serves no page: it was started with --web off.")));
    }

    private static SessionStatus Of(PeerDriveNode node, WebSession session) =>
        new(node.Core.Identity.Device.Certificate.Name, node.Core.Identity.PersonCertificate.Name, session.RequestToken, session.Until);
}
