using System.Globalization;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Queries;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Search;

namespace PeerDrive.Node.Api;

/// <summary>Search, and queries that are kept as documents.</summary>
internal static class SearchRoutes
{
    private const int UsualPage = 50;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("search", call => SearchAsync(call, node.Core));
        api.Get("queries", call => call.AnswerAsync(Searching.Chosen(node.Core, call.Queries("volume")).SelectMany(volume => SavedQueries.All(node.Core, volume))));
        api.Post("volumes/{volume}/queries", async call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            await call.AnswerAsync(await SavedQueries.SaveAsync(node.Core, volume, await call.BodyAsync<SaveQuery>().ConfigureAwait(false)).ConfigureAwait(false)).ConfigureAwait(false);
        });
        api.Get("volumes/{volume}/query", async call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            await call.AnswerAsync(await SavedQueries.ReadAsync(node.Core, volume, call.RequiredQuery("path"), call.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        });
    }

    private static async Task SearchAsync(ApiCall call, NodeCore core)
    {
        var query = Query.Parse(call.RequiredQuery("q"), call.Flag("typing"));
        var limit = UsualPage;
        if (call.Query("limit") is { Length: > 0 } asked && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > SearchLimits.Page))
            throw new PeerDriveException(ErrorKind.Invalid, $"A page has 1 to {SearchLimits.Page} matches.");
        await call.AnswerAsync(await Searching.FindAsync(core, query, Searching.Chosen(core, call.Queries("volume")), call.Query("cursor"), limit, call.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
