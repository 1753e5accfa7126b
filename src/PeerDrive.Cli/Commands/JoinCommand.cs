using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Accepts an invitation.</summary>
internal static class JoinCommand
{
    private static readonly Argument<string> Ticket = new("TICKET") { Description = "What `peerdrive invite` printed; - reads it from the input" };
    private static readonly Option<string?> Folder = new("--folder") { Description = "Link the volume with this directory", HelpName = "DIR" };
    private static readonly Option<string> Space = LinkCommand.CreateSpaceOption();
    private static readonly Option<string?> Policy = CreatePolicyOption("Which contents are to be here: full, metadata (what is read or pinned), cache:100MB");
    private static readonly Option<bool> Wait = new("--wait") { Description = "Return only when everything is here that the policy asks for (as it does on a terminal)" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "join", "Accept a ticket", RunAsync, "peerdrive join TICKET --folder ~/Pictures", "peerdrive join - --folder ~/Pictures < ticket.txt", "peerdrive join TICKET --policy metadata");
        command.Add(Ticket);
        foreach (var option in new Option[] { Folder, Space, Policy, Wait }) command.Add(option);
        return command;
    }

    public static Option<string?> CreatePolicyOption(string description) => new("--policy") { Description = description, HelpName = "POLICY" };

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var ticket = call.Get(Ticket);
        if (ticket == "-") ticket = await Console.In.ReadLineAsync(cancellation).ConfigureAwait(false) ?? "";
        if (string.IsNullOrWhiteSpace(ticket)) throw new UsageException("The ticket is empty: paste what `peerdrive invite` printed.");
        var directory = call.Get(Folder) is { } folder ? Path.GetFullPath(folder) : null;
        var client = call.Connect();
        var progress = new JobProgress(call, client);
        var request = client.JoinAsync(new JoinRequest(ticket.Trim(), directory, call.Get(Space)) { Policy = call.Get(Policy) }, cancellation);
        var joined = await progress.WhileAsync(request, JobText.IsRunning, cancellation).ConfigureAwait(false);
        call.Answer(joined, _ =>
        {
            call.Output.WriteLine($"Joined {joined.Name} as its {joined.Role}{(joined.Link is null ? "" : $"; it is linked with {joined.Link.Directory}")}.");
            if (joined.Link?.Risk is { } risk) call.Output.WriteLine(risk);
        });
        await call.Output.FlushAsync(cancellation).ConfigureAwait(false);
        if (!call.Get(Wait) && !call.Terminal.ShowsOutput) return ExitCodes.Success;

        await progress.UntilAsync(
            async () =>
            {
                var status = await client.StatusAsync(cancellation).ConfigureAwait(false);
                var volume = status.Volumes.FirstOrDefault(each => each.Id == joined.Volume);
                // Only who has been told what the others have knows that nothing is missing.
                var isHere = volume is null || (volume is { DevicesCompared: > 0, MissingChangesets: 0, IsInSync: true, MissingContents: 0 } && volume.Links.All(link => link.PendingWrites == 0));
                return (status.Jobs, !isHere);
            },
            cancellation).ConfigureAwait(false);
        if (!call.IsJson) call.Output.WriteLine(call.Get(Policy) is null or "full" ? "Everything is here." : "Everything is here that the policy asks for.");
        return ExitCodes.Success;
    }
}
