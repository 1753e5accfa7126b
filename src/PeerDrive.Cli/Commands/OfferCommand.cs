using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Offers a directory to the members of a volume, ends that, and lists what is offered.</summary>
internal static class OfferCommand
{
    private static readonly Argument<string?> Target = new("DIR") { Description = "The directory; without one, what is offered is listed", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> To = new("--to") { Description = "To the members of this volume; needed when there are several", HelpName = "VOLUME" };
    private static readonly Option<string?> As = new("--as") { Description = "Where in the common tree, instead of under the directory's name", HelpName = "PATH" };
    private static readonly Option<bool> Stop = new("--stop") { Description = "End the offer; the directory keeps its files, the offer's history goes" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "offer", "Let the members of a volume read a directory that stays where it is, or list what is offered", RunAsync,
            "peerdrive offer ~/movies --to Friends", "peerdrive offer ~/old/films --as movies/old", "peerdrive offer", "peerdrive offer --stop ~/movies");
        command.Add(Target);
        foreach (var option in new Option[] { To, As, Stop }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(Target) is not { Length: > 0 } directory) return await ListAsync(call, cancellation).ConfigureAwait(false);
        if (call.Get(Stop))
        {
            var known = Directory.Exists(directory) ? Path.GetFullPath(directory) : directory;
            await call.Connect(call.Limit * 4).StopOfferAsync(known, cancellation).ConfigureAwait(false);
            return call.Done($"{known} is not offered any more; its files stay.");
        }
        var offer = await call.Connect(call.Limit * 4).OfferAsync(new CreateOffer(Path.GetFullPath(directory), call.Get(To), call.Get(As)), cancellation).ConfigureAwait(false);
        return call.Answer(offer, _ =>
        {
            call.Output.WriteLine($"{offer.Directory} is offered to the members of {offer.Group} as {(offer.Path.Length == 0 ? "/" : offer.Path)}.");
            if (offer.State == "scanning") call.Output.WriteLine("It is being scanned; see: peerdrive jobs --watch");
        });
    }

    private static async Task<int> ListAsync(Call call, CancellationToken cancellation)
    {
        var offers = await call.Connect().OffersAsync(cancellation).ConfigureAwait(false);
        return call.Answer(offers, _ =>
        {
            if (offers.Count == 0)
            {
                call.Output.WriteLine("Nothing is offered. Offer a directory with: peerdrive offer DIR --to VOLUME");
                return;
            }
            var table = new TextTable("TO", "PATH", "FROM", ">FILES", ">SIZE", "STATE", "DIRECTORY");
            foreach (var offer in offers)
            {
                var state = offer.Problem ?? (offer.IsOwn || offer.IsOnline ? offer.State : $"{offer.State}, offline");
                table.Add(offer.Group, offer.Path.Length == 0 ? "/" : offer.Path, offer.Owner, JobText.Count(offer.Files), ByteSize.Show(offer.Bytes), state, offer.Directory ?? "");
            }
            table.WriteTo(call.Output);
        });
    }
}
