using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Further places that a command changes in the same commit.</summary>
internal static class AlsoOption
{
    public static Option<VolumePath[]> Create() => new("--also")
    {
        Description = "Also this file or folder of the same volume, in the same commit (repeatable)",
        HelpName = "VOLUME:/path",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var places = new List<VolumePath>();
            foreach (var token in result.Tokens)
            {
                if (VolumePath.Parse(token.Value) is { } place && place.Path != "/") places.Add(place);
                else result.AddError(VolumePath.Fault(token.Value));
            }
            return [.. places];
        },
    };

    /// <summary>Changes all places at once.</summary>
    public static async Task<IReadOnlyList<FieldsStatus>> AnnotateAsync(
        Call call, VolumePath first, VolumePath[] also, Func<AnnotateRequest, AnnotateRequest> change, CancellationToken cancellation)
    {
        var client = call.Connect();
        foreach (var other in also.Where(place => place.Volume != first.Volume))
        {
            // An address has the volume's id where a path has its name.
            if ((!other.IsAddress && !first.IsAddress) || await IdAsync(other).ConfigureAwait(false) != await IdAsync(first).ConfigureAwait(false))
                throw new UsageException($"{other} is in another volume than {first}: one commit is in one volume.");
        }
        return await client.AnnotateAsync(first.Volume, change(new AnnotateRequest([first.Path, .. also.Select(place => place.Path)])), cancellation).ConfigureAwait(false);

        async Task<string> IdAsync(VolumePath place) => (await client.VolumeAsync(place.Volume, cancellation).ConfigureAwait(false)).Id;
    }
}
