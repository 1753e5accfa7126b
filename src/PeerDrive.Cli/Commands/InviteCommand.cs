using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes an invitation.</summary>
internal static class InviteCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Option<TimeSpan> Expires = Duration.Option("--expires", "How long the ticket can be used", TimeSpan.FromDays(1));
    private static readonly Option<string> Role = CreateRoleOption();

    private static readonly Option<string[]> Address = new("--address")
    {
        Description = "Put this address into the ticket instead of those that the node knows (repeatable)",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => [],
    };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "invite", "Make a ticket that lets one other device join a volume", RunAsync,
            "peerdrive invite Pictures", "peerdrive invite Pictures --role reader --expires 2h", "peerdrive invite Pictures --json");
        command.Add(Volume);
        foreach (var option in new Option[] { Role, Expires, Address }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var request = new CreateTicket(call.Get(Role), (long)call.Get(Expires).TotalSeconds, call.Get(Address));
        var ticket = await call.Connect().InviteAsync(call.Get(Volume), request, cancellation).ConfigureAwait(false);
        return call.Answer(ticket, _ =>
        {
            // The ticket stands alone on the output, so that $(peerdrive invite …) is the ticket.
            call.Output.WriteLine(ticket.Ticket);
            if (!call.Terminal.ShowsOutput) return;
            call.Output.WriteLine();
            call.Output.WriteLine(QrText.Draw(ticket.Ticket));
            call.Output.WriteLine($"Good once, until {ticket.Expires.ToLocalTime():yyyy-MM-dd HH:mm}. On the other device: peerdrive join TICKET --folder DIR");
        });
    }

    private static Option<string> CreateRoleOption()
    {
        var role = new Option<string>("--role") { Description = "What the other may do", DefaultValueFactory = _ => "writer" };
        role.AcceptOnlyFromAmong("reader", "writer", "owner");
        return role;
    }
}
