using System.Collections.Immutable;
using PeerDrive.Folders;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Links;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Node.Offers;

/// <summary>Begins and ends offers of this node.</summary>
internal sealed class OfferDesk(VolumeTable volumes, LinkRoster links, SyncEngine sync, OfferKeeper keeper)
{
    /// <summary>Offers a directory to the members of a volume: a volume of its own is made, which they may read, and the directory is linked with it.</summary>
    /// <param name="place">In the common tree; null: under the directory's name.</param>
    /// <exception cref="PeerDriveException">NotFound, Invalid, Forbidden, Conflict or LimitExceeded.</exception>
    public async Task<Volume> OfferAsync(Volume group, string directory, string? place, CancellationToken cancellation)
    {
        if (keeper.ViewsOnly) throw new PeerDriveException(ErrorKind.Forbidden, "This node was started with --view-only; it offers nothing. Start it without.");
        if (group.OwnRole == Role.None) throw new PeerDriveException(ErrorKind.Forbidden, $"You are no member of volume {group.Name}.");
        if (!Path.IsPathFullyQualified(directory)) throw new PeerDriveException(ErrorKind.Invalid, $"'{directory}' is no absolute path.");
        if (!Directory.Exists(directory)) throw new PeerDriveException(ErrorKind.NotFound, $"There is no directory {directory}.");
        links.RefuseUnusable(directory);
        var names = PlaceOf(place, directory);
        return await keeper.ChangeAsync(() => BeginAsync(group, directory, names, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <param name="text">The directory, or the place in the common tree.</param>
    /// <exception cref="PeerDriveException">NotFound: nothing of that name is offered. Conflict: several are.</exception>
    public Task<Volume> StopAsync(string text, CancellationToken cancellation) => keeper.ChangeAsync(
        async () =>
        {
            var offer = Require(text);
            await keeper.EndAsync(offer).ConfigureAwait(false);
            return offer;
        },
        cancellation);

    /// <summary>The directory of an own offer; null: it is not open.</summary>
    public string? DirectoryOf(Volume offer) => links.Of(offer).FirstOrDefault()?.Settings.Directory;

    private async Task<Volume> BeginAsync(Volume group, string directory, ImmutableArray<EntryName> place, CancellationToken cancellation)
    {
        if (volumes.Offers.Count(offer => OfferKeeper.IsOwn(offer) && offer.Mark.Group == group.Id) >= OfferLimits.PerPerson)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"{OfferLimits.PerPerson} directories are offered to {group.Name} already; end one with 'peerdrive offer --stop', or offer one above several.");
        var name = place.IsEmpty ? group.Name : place[^1].ToString();
        var offer = await volumes.CreateOfferAsync(name, group.Id).ConfigureAwait(false);
        try
        {
            await offer.CommitAsync(
                edit =>
                {
                    edit.Administer(new Operation.Setting(VolumeSettings.OfferGroup, group.Id.ToHex()));
                    edit.Administer(new Operation.Setting(VolumeSettings.OfferPlace, OfferPlace.Format(place)));
                },
                Role.Owner).ConfigureAwait(false);
            await links.AddAsync(offer, "/", directory, SpaceMode.Lean, [], force: false, cancellation).ConfigureAwait(false);
            sync.Add(offer);
            return offer;
        }
        catch
        {
            await keeper.EndAsync(offer).ConfigureAwait(false);
            throw;
        }
    }

    private static ImmutableArray<EntryName> PlaceOf(string? place, string directory)
    {
        if (place is null)
        {
            var name = System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))));
            if (EntryName.IsValid(name)) return [EntryName.Create(name)];
            throw new PeerDriveException(ErrorKind.Invalid, $"{directory} has no name to be shown under; say one with --as.");
        }
        return OfferPlace.TryParse(place)
            ?? throw new PeerDriveException(ErrorKind.Invalid, $"'{EntryName.Display(System.Text.Encoding.UTF8.GetBytes(place))}' is no place in a common tree: write up to {OfferLimits.PlaceNames} names separated by slashes, as in films/old.");
    }

    private Volume Require(string text)
    {
        var own = volumes.Offers.Where(OfferKeeper.IsOwn).Select(offer => offer.Volume).ToList();
        var path = Path.IsPathFullyQualified(text) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text)) : text;
        var found = own.Where(offer => DirectoryOf(offer) == path).ToList();
        if (found.Count == 0 && Directory.Exists(path)) found = [.. own.Where(offer => DirectoryOf(offer) == LinkedDirectory.RealPath(path))];
        if (found.Count == 0) found = [.. own.Where(offer => offer.Setting(VolumeSettings.OfferPlace) == text.Trim('/'))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PeerDriveException(ErrorKind.NotFound, $"'{text}' is not offered by this node; see 'peerdrive offer'."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"'{text}' may be several offers; use the directory."),
        };
    }
}
