using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Becomes an owner of a volume by the key that is kept on paper.</summary>
internal static class RecoverCommand
{
    private static readonly Argument<string?> Volume = new("VOLUME") { Description = "A volume that is here (else all that the key owns, here or on a peer)", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string[]> From = new("--from")
    {
        Description = "A device that has the volume; `peerdrive status` there shows its id and address (repeatable)",
        HelpName = "DEVICE@ADDRESS:PORT",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> KeyFile = new("--key-file")
    {
        Description = "Read the key from the first line of this file (else PEERDRIVE_RECOVERY_KEY, else you are asked)",
        HelpName = "FILE",
    };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "recover", "Become an owner of a volume by its recovery key", RunAsync,
            "peerdrive volume recover Pictures", "peerdrive volume recover --from DEVICE@192.168.1.5:22067");
        command.Add(Volume);
        command.Add(From);
        command.Add(KeyFile);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var key = Passphrase.ReadRecoveryKey(call, call.Get(KeyFile));
        // A volume of a peer has to come here first, which takes as long as it takes.
        var request = call.Connect(Timeout.InfiniteTimeSpan).RecoverAsync(new RecoverRequest(key, call.Get(Volume), call.Get(From)), cancellation);
        var recovered = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "recover", cancellation).ConfigureAwait(false);
        return call.Answer(recovered, _ =>
        {
            foreach (var volume in recovered) Tell(call.Output, volume);
        });
    }

    private static void Tell(TextWriter output, RecoverStatus volume)
    {
        output.WriteLine($"You are the {volume.Role} of {volume.Name} ({volume.Volume}).");
        output.WriteLine(volume.Told.Count > 0
            ? $"Told {string.Join(", ", volume.Told)}."
            : "No other device knows yet: recover again once one that has the volume can be reached (--from).");
        if (volume.IsNew) output.WriteLine($"Next: peerdrive link {volume.Name} DIR");
        output.WriteLine($"Whoever was lost is removed with: peerdrive volume remove {volume.Name} PERSON");
    }
}
