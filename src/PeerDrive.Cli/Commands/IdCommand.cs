using System.CommandLine;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows who this node is, and carries the person to another device.</summary>
internal static class IdCommand
{
    private static readonly Argument<string> ExportFile = new("FILE") { Description = "A new file, readable only by you; - is the output" };
    private static readonly Argument<string> ImportFile = new("FILE") { Description = "What `peerdrive id export` wrote" };

    private static readonly Option<string?> PassphraseFile = new("--passphrase-file")
    {
        Description = "Read the passphrase from the first line of this file (else PEERDRIVE_PASSPHRASE, else you are asked)",
        HelpName = "FILE",
    };

    public static Command Create(Shell shell)
    {
        var show = shell.Define("show", "Show this device and its person", ShowAsync, "peerdrive id show");
        var export = shell.Define("export", "Write your person key to a file under a passphrase", ExportAsync, "peerdrive id export me.key");
        export.Add(ExportFile);
        export.Add(PassphraseFile);
        var import = shell.Define("import", "Make this device one of yours", ImportAsync, "peerdrive id import me.key");
        import.Add(ImportFile);
        import.Add(PassphraseFile);
        var group = shell.Group("id", "Show this device and its person, carry the person to another device", show, export, import);
        group.Action = show.Action;
        return group;
    }

    private static async Task<int> ShowAsync(Call call, CancellationToken cancellation)
    {
        var identity = await call.Connect().IdentityAsync(cancellation).ConfigureAwait(false);
        return call.Answer(identity, _ => Tell(call.Output, identity));
    }

    private static async Task<int> ExportAsync(Call call, CancellationToken cancellation)
    {
        var file = call.Get(ExportFile);
        if (file != "-" && File.Exists(file)) throw new UsageException($"{file} exists already: name a new file.");
        var passphrase = Passphrase.Read(call, call.Get(PassphraseFile), isNew: true);
        var export = await call.Connect().ExportIdentityAsync(new PassphraseRequest(passphrase, null), cancellation).ConfigureAwait(false);
        if (call.IsJson) return call.Json(export);
        if (file == "-")
        {
            await call.Output.WriteLineAsync(export.Text).ConfigureAwait(false);
            return ExitCodes.Success;
        }
        await WritePrivateAsync(file, export.Text, cancellation).ConfigureAwait(false);
        return call.Done($"Wrote your person key to {file}. Whoever has it and the passphrase is you.");
    }

    private static async Task<int> ImportAsync(Call call, CancellationToken cancellation)
    {
        var text = await File.ReadAllTextAsync(call.Get(ImportFile), cancellation).ConfigureAwait(false);
        var passphrase = Passphrase.Read(call, call.Get(PassphraseFile), isNew: false);
        var identity = await call.Connect().ImportIdentityAsync(new PassphraseRequest(passphrase, text), cancellation).ConfigureAwait(false);
        return call.Answer(identity, _ => Tell(call.Output, identity));
    }

    private static async Task WritePrivateAsync(string file, string text, CancellationToken cancellation)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var writer = new StreamWriter(file, options);
        await using (writer.ConfigureAwait(false)) await writer.WriteAsync(text.AsMemory(), cancellation).ConfigureAwait(false);
    }

    private static void Tell(TextWriter output, IdentityStatus identity)
    {
        output.WriteLine($"Device       {identity.DeviceName} ({identity.Device})");
        output.WriteLine($"Person       {identity.PersonName} ({identity.Person})");
        output.WriteLine($"Fingerprint  {identity.Fingerprint}");
        output.WriteLine($"Person key   {(identity.HoldsPersonKey ? "here" : "not on this device")}");
    }
}
