using System.Text.Json;
using PeerDrive.Client;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api;

/// <summary>What happens on the node, as server-sent events.</summary>
internal static class EventRoutes
{
    /// <summary>Who listens hears at least something so often, so that both sides know that the other is there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void Map(ApiRoutes api, PeerDriveNode node, WebLogins logins) => api.Get("events", new("What happens on the node, as server-sent events, for as long as it is listened to.")
    {
        Query = [new("after", "The id of the last event that was heard; Last-Event-ID does the same.")],
        Media = "text/event-stream",
    }, async call =>
    {
        // Whose session ends hears no more.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, call.Session is null ? CancellationToken.None : logins.SessionsEnd);
        await node.Core.Events.ListenAsync(
            call.Query("after") is { Length: > 0 } after ? after : call.LastEventId, Patience,
            happened => call.SendEventAsync(happened is null ? ":\n\n" : $"id: {happened.Id}\nevent: {happened.Kind}\ndata: {JsonSerializer.Serialize(happened, PeerDriveClient.JsonLine)}\n\n"),
            end.Token).ConfigureAwait(false);
    });
}
