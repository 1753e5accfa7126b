using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Directories that are offered to groups.</summary>
internal static class OfferRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("offers", new("What is offered to the groups of this node.") { Answers = typeof(IReadOnlyList<OfferStatus>) }, call => call.AnswerAsync(OfferViews.All(node.Core)));
        api.Post("offers", new("Offers a directory to a group.") { Takes = typeof(CreateOffer), Answers = typeof(OfferStatus) }, call => OfferAsync(call, node.Core));
        api.Delete("offers", new("Ends an offer; the files stay.") { Query = [new("offer", "Its directory, or its path in the common tree.") { IsRequired = true }] }, async call =>
        {
            await node.Core.Desk.StopAsync(call.RequiredQuery("offer"), call.Cancellation).ConfigureAwait(false);
            await call.DoneAsync().ConfigureAwait(false);
        });
    }

    private static async Task OfferAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<CreateOffer>().ConfigureAwait(false);
        var group = request.Group is { Length: > 0 } named ? core.Volumes.Require(named) : Only(core);
        var offer = await core.Desk.OfferAsync(group, request.Directory, request.Path, call.Cancellation).ConfigureAwait(false);
        await call.AnswerAsync(OfferViews.All(core).First(status => status.Volume == offer.Id.ToHex())).ConfigureAwait(false);
    }

    private static Volume Only(NodeCore core) => core.Volumes.Shown switch
    {
        [var only] => only,
        [] => throw new PeerDriveException(ErrorKind.NotFound, "There is no volume whose members it could be offered to. Make one with 'peerdrive volume create NAME', or join one."),
        _ => throw new PeerDriveException(ErrorKind.Invalid, "There are several volumes; say with --to to whose members it is offered."),
    };
}
