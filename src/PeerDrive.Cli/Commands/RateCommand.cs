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

    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder", needsPath: true);
    private static readonly Argument<string> Stars = new("STARS") { Description = "0 to 5, halves too; none takes the rating away" };
    private static readonly Option<VolumePath[]> Also = AlsoOption.Create();

    public static Command Create(Shell shell)
    {
        var command = shell.Define("rate", "Rate a file or folder with stars", RunAsync, "peerdrive rate Photos:/beach.jpg 4", "peerdrive rate Photos:/beach.jpg 3.5", "peerdrive rate Photos:/beach.jpg none");
        command.Add(Place);
        command.Add(Stars);
        command.Add(Also);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var halves = HalfStars(call.Get(Stars));
        var changed = await AlsoOption.AnnotateAsync(
            call, place, call.Get(Also),
            request => halves is { } number ? request with { Set = [new FieldEdit(Rating, number.ToString(CultureInfo.InvariantCulture))] } : request with { Unset = [Rating] },
            cancellation).ConfigureAwait(false);
        return call.Answer(changed, _ =>
        {
            foreach (var file in changed) call.Output.WriteLine(halves is { } number ? $"{file.Path} has {(number / 2.0).ToString(CultureInfo.InvariantCulture)} of 5 stars." : $"{file.Path} has no rating.");
        });
    }

    private static int? HalfStars(string text)
    {
        if (text == "none") return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var stars) && stars is >= 0 and <= 5 && stars * 2 == Math.Floor(stars * 2)) return (int)(stars * 2);
        throw new UsageException($"\"{text}\" is no rating: write 0 to 5 stars, halves too, or none.");
    }
}
