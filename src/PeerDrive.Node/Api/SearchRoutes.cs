using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Queries;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Search;

namespace PeerDrive.Node.Api;

/// <summary>Search, and queries that are kept as documents.</summary>
internal static class SearchRoutes
{
    private const int UsualPage = 50;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("search", new("Entries that match a query, the best first.") { Query = [new("q", "The query.") { IsRequired = true }, new("typing", "It is not finished: its last word may be the beginning of one.", "boolean"), ApiParameters.Volumes, ApiParameters.Limit, ApiParameters.Cursor], Answers = typeof(SearchStatus) }, call => SearchAsync(call, node.Core));
        api.Get("queries", new("Queries that are kept as documents.") { Query = [ApiParameters.Volumes], Answers = typeof(IReadOnlyList<SavedQuery>) }, call => call.AnswerAsync(Searching.Chosen(node.Core, call.Queries("volume")).SelectMany(volume => SavedQueries.All(node.Core, volume))));
        api.Post("volumes/{volume}/queries", new("Keeps a query as a document.") { Takes = typeof(SaveQuery), Answers = typeof(SavedQuery) }, async call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            await call.AnswerAsync(await SavedQueries.SaveAsync(node.Core, volume, await call.BodyAsync<SaveQuery>().ConfigureAwait(false)).ConfigureAwait(false)).ConfigureAwait(false);
        });
        api.Get("volumes/{volume}/query", new("A query that is kept as a document.") { Query = [ApiParameters.Path.Required], Answers = typeof(SavedQuery) }, async call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            await call.AnswerAsync(await SavedQueries.ReadAsync(node.Core, volume, call.RequiredQuery("path"), call.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        });
    }

    private static async Task SearchAsync(ApiCall call, NodeCore core)
    {
        var query = Query.Parse(call.RequiredQuery("q"), call.Flag("typing"));
        var limit = call.Number("limit", 1, SearchLimits.Page, UsualPage);
        await call.AnswerAsync(await Searching.FindAsync(core, query, Searching.Chosen(core, call.Queries("volume")), call.Query("cursor"), limit, call.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }
}
