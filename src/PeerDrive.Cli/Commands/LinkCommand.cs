using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Links a directory with a folder of a volume.</summary>
internal static class LinkCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The volume, or a folder in it", needsPath: false);
    private static readonly Argument<string> Target = new("DIR") { Description = "The directory to mirror; made when it is missing" };

    private static readonly Option<string[]> Ignore = new("--ignore")
    {
        Description = "Leave out names that match (repeatable)",
        HelpName = "PATTERN",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Link even though both sides hold files: they are united" };

    /// <summary>Also an option of join.</summary>
    public static Option<string> CreateSpaceOption()
    {
        var space = new Option<string>("--space")
        {
            Description = "keep: every version also in the node's own storage; lean: current large files only in the directory (a program that writes into one in place overwrites the old version)",
            DefaultValueFactory = _ => "keep",
        };
        space.AcceptOnlyFromAmong("keep", "lean");
        return space;
    }

    private static readonly Option<string> Space = CreateSpaceOption();

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "link", "Mirror a directory into a volume and back", RunAsync,
            "peerdrive link Pictures ~/Pictures", "peerdrive link Work:/reports ~/reports --ignore '*.o'", "peerdrive link Films ~/Films --space lean");
        command.Add(Place);
        command.Add(Target);
        foreach (var option in new Option[] { Space, Ignore, Force }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var request = new CreateLink(
            place.Volume, place.Path, Path.GetFullPath(call.Get(Target)), call.Get(Space), call.Get(Ignore), call.Get(Force));
        var link = await call.Connect().LinkAsync(request, cancellation).ConfigureAwait(false);
        return call.Answer(link, _ =>
        {
            call.Output.WriteLine($"{link.Directory} is linked with {place}.");
            if (link is { NeededBytes: { } needed, FreeBytes: { } free })
                call.Output.WriteLine($"It takes up to {ByteSize.Show(needed)} more in the node's home, where {ByteSize.Show(free)} are free.");
            if (link.Risk is not null) call.Output.WriteLine(link.Risk);
            if (link.State == "scanning") call.Output.WriteLine("It is being scanned; see: peerdrive jobs --watch");
            if (link.Problem is not null) call.Output.WriteLine($"{link.State}: {link.Problem}");
        });
    }
}
