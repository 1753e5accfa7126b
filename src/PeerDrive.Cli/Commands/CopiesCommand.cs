using System.CommandLine;
using System.Globalization;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Tells and changes on how many other devices each content of a volume is to lie.</summary>
internal static class CopiesCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Argument<string?> Copies = new("COUNT") { Description = "1 to 16 other devices, or none to ask for no number; nothing: only tell", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "copies", "Tell or change on how many other devices each content is to lie", RunAsync, "peerdrive volume copies Pictures 2", "peerdrive volume copies Pictures none");
        command.Add(Volume);
        command.Add(Copies);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        var volume = call.Get(Copies) is { } text
            ? await client.SetCopiesAsync(call.Get(Volume), new CopiesRequest(Parse(text)), cancellation).ConfigureAwait(false)
            : await client.VolumeAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        return call.Answer(volume.Copies, _ => call.Output.WriteLine(NodeText.Copies(volume)));
    }

    private static int? Parse(string text)
    {
        if (text == "none") return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var copies)
            ? copies
            : throw new UsageException($"\"{text}\" is no number of copies: write 1 to 16, or none.");
    }
}
