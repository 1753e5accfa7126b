using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Tells and changes which contents of a volume are to be on this device.</summary>
internal static class PolicyCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Argument<string?> Policy = new("POLICY") { Description = "full, metadata or cache:100MB; none: only tell", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> ReadWait = new("--read-wait") { Description = "How long a read waits for content that nobody sends: 30s, 5m", HelpName = "TIME" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "policy", "Tell or change which contents are to be on this device", RunAsync, "peerdrive volume policy Pictures metadata", "peerdrive volume policy Pictures cache:2GB");
        command.Add(Volume);
        command.Add(Policy);
        command.Add(ReadWait);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var wait = call.Get(ReadWait) is { } text ? Duration.Parse(text) ?? throw new UsageException($"\"{text}\" is no time: write 30s or 5m.") : (TimeSpan?)null;
        var client = call.Connect();
        var replica = call.Get(Policy) is null && wait is null
            ? await client.ReplicaAsync(call.Get(Volume), cancellation).ConfigureAwait(false)
            : await client.SetReplicaAsync(call.Get(Volume), new ReplicaRequest(call.Get(Policy), wait?.TotalSeconds), cancellation).ConfigureAwait(false);
        return call.Answer(replica, _ =>
        {
            call.Output.WriteLine($"Policy {replica.Policy}; {ByteSize.Show(replica.StoredBytes)} stored here, {JobText.Count(replica.AbsentContents)} contents ({ByteSize.Show(replica.AbsentBytes)}) on other devices only.");
            call.Output.WriteLine($"A read waits {replica.ReadWaitSeconds:0.#} s for what nobody sends.");
            foreach (var pin in replica.Pins) call.Output.WriteLine($"Pinned {pin.Path}");
        });
    }
}
