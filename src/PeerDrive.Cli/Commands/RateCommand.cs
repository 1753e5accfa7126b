using System.CommandLine;
using System.Globalization;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Gives stars. They are kept as half stars from 0 to 10, as desktops do.</summary>
internal static class RateCommand
{
    private const string Rating = "rating";

    private static readonly Argument<string[]> Words = new("VOLUME:/path STARS")
    {
        Description = "A file or folder (none with --where), and 0 to 5 stars, halves too; none takes the rating away", Arity = new ArgumentArity(1, 2),
    };

    private static readonly Option<VolumePath[]> Also = AlsoOption.Create();

    public static Command Create(Shell shell)
    {
        var command = shell.Define("rate", "Rate a file or folder with stars", RunAsync, "peerdrive rate Photos:/beach.jpg 4", "peerdrive rate Photos:/beach.jpg 3.5", "peerdrive rate Photos:/beach.jpg none",
            "peerdrive rate --where tag:best 5");
        command.Add(Words);
        command.Add(Also);
        WhereOption.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var words = call.Get(Words);
        var halves = HalfStars(words[^1]);
        if (WhereOption.IsUsed(call, words.Length > 1 || call.Get(Also).Length > 0)) return await WhereOption.RunAsync(call, Change, cancellation).ConfigureAwait(false);
        if (words.Length == 1) throw new UsageException("Say what to rate: VOLUME:/path STARS, or --where QUERY STARS.");
        var changed = await AlsoOption.AnnotateAsync(call, VolumePath.Require(words[0]), call.Get(Also), Change, cancellation).ConfigureAwait(false);
        return call.Answer(changed, _ =>
        {
            foreach (var file in changed) call.Output.WriteLine(halves is { } number ? $"{file.Path} has {(number / 2.0).ToString(CultureInfo.InvariantCulture)} of 5 stars." : $"{file.Path} has no rating.");
        });

        AnnotateRequest Change(AnnotateRequest request) =>
            halves is { } number ? request with { Set = [new FieldEdit(Rating, number.ToString(CultureInfo.InvariantCulture))] } : request with { Unset = [Rating] };
    }

    private static int? HalfStars(string text)
    {
        if (text == "none") return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var stars) && stars is >= 0 and <= 5 && stars * 2 == Math.Floor(stars * 2)) return (int)(stars * 2);
        throw new UsageException($"\"{text}\" is no rating: write 0 to 5 stars, halves too, or none.");
    }
}
