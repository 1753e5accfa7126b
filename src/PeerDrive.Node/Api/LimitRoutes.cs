using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Limits;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Api;

/// <summary>Limits of the exchange, and what it takes now.</summary>
internal static class LimitRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("limits", new("How fast the node may send and receive.") { Answers = typeof(LimitsStatus) }, call => call.AnswerAsync(LimitViews.Of(node.Core)));
        api.Post("limits", new("Says how fast the node may send and receive.") { Takes = typeof(LimitRequest), Answers = typeof(LimitsStatus) }, async call =>
        {
            var request = await call.BodyAsync<LimitRequest>().ConfigureAwait(false);
            var peer = request.Peer is { } text ? LimitViews.RequirePeer(node.Core, text).ToHex() : null;
            node.Core.Limits.Add(new LimitRule(peer, request.Up, request.Down, request.From, request.To, request.Days));
            await call.AnswerAsync(LimitViews.Of(node.Core)).ConfigureAwait(false);
        });
        api.Delete("limits", new("Takes limits away.") { Query = [new("peer", "Only those for this device.")], Answers = typeof(LimitsStatus) }, call =>
        {
            node.Core.Limits.Clear(call.Query("peer") is { Length: > 0 } text ? LimitViews.RequirePeer(node.Core, text).ToHex() : null);
            return call.AnswerAsync(LimitViews.Of(node.Core));
        });
    }
}
