using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows a document with all its places, or one revision.</summary>
internal static class ShowCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is enough for a revision", needsPath: false);
    private static readonly Argument<string?> Revision = new("REVISION") { Description = "A revision's id or its beginning", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("show", "Show where a file is and what leads to it, or one revision", RunAsync, "peerdrive show Work:/plan.txt", "peerdrive show Work 4f2a");
        command.Add(Place);
        command.Add(Revision);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var client = call.Connect();
        if ((call.Get(Revision) ?? place.Revision) is { } named)
        {
            var revision = await client.RevisionAsync(place.Volume, named, cancellation).ConfigureAwait(false);
            return call.Answer(revision, _ => RevisionText.WriteTo(call.Output, revision));
        }
        if (place.Path == "/") throw new UsageException("Say what: VOLUME:/path, or VOLUME and a revision.");
        var document = await client.DocumentAsync(place.Volume, place.Path, null, cancellation).ConfigureAwait(false);
        return call.Answer(document, _ => Tell(call.Output, document));
    }

    private static void Tell(TextWriter output, DocumentStatus document)
    {
        output.WriteLine($"Address   {document.Address}");
        output.WriteLine($"Kind      {document.Kind}{(document.Target is { } target ? $" -> {target}" : "")}{(document.IsDeleted ? ", deleted" : "")}");
        for (var i = 0; i < document.Places.Count; i++) output.WriteLine($"{(i > 0 ? "      " : document.Places.Count > 1 ? "Places" : "Place ")}    {document.Volume}:{document.Places[i]}");
        output.WriteLine($"Revision  {document.Revision}{(document.Heads > 1 ? $"  ({document.Heads} heads: in conflict)" : "")}");
        if (document.Backlinks > 0) output.WriteLine($"Links     {document.Backlinks} lead here (see: peerdrive backlinks)");
    }
}
