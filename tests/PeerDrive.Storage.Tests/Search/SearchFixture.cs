using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Search;

/// <summary>Two devices' replicas of a volume, the first with a search index.</summary>
public abstract class SearchFixture : IAsyncLifetime
{
    private protected TestCluster Cluster { get; private set; } = null!;

    private protected Volume Volume => Cluster.Volumes[0];

    private protected VolumeSearch Search { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await TestCluster.CreateAsync(2);
        await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await Search.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>Closes the index and the volume, and opens both again.</summary>
    private protected async Task ReopenAsync(Action<string>? whileClosed = null)
    {
        await Search.DisposeAsync();
        var folder = Volume.Folder;
        await Cluster.ReopenAsync(0);
        whileClosed?.Invoke(folder);
        await OpenAsync();
    }

    private protected async Task OpenAsync(IDocumentTexts? texts = null)
    {
        Search = VolumeSearch.Open(Volume, new RealDisk(), TimeProvider.System, texts);
        Search.Start();
        await Soon.UntilAsync("the index to be made", () => !Search.Progress.IsBuilding);
    }

    /// <summary>Names of what is found, in the order of the answer, when the index knows all that was committed.</summary>
    private protected async Task<string> FindAsync(string query)
    {
        await Search.WhenCurrentAsync(CancellationToken.None);
        return IndexPicture.Names(Search, query);
    }

    private protected async Task<string> FindSortedAsync(string query) => string.Join(' ', (await FindAsync(query)).Split(' ').Order(StringComparer.Ordinal));

    private protected async Task<EntryView> MakeAsync(string path, string? text = null, long time = 0, params (string Key, AnnotationValue Value)[] annotations)
    {
        EntryView? made = null;
        var state = text is null ? TestCluster.Folder() : TestCluster.File(Volume, text) with { Mtime = time };
        await Volume.CommitAsync(edit =>
        {
            var parts = path.Split('/');
            var parent = Volume.Reader.Resolve(System.Text.Encoding.UTF8.GetBytes(string.Join('/', parts[..^1])), out _)?.Id ?? EntryId.Root;
            made = edit.Create(parent, EntryName.Create(parts[^1]), state with { Annotations = RevisionState.NoAnnotations.AddRange(annotations.Select(each => KeyValuePair.Create(each.Key, each.Value))) });
        });
        return made!;
    }

    private protected Task AnnotateAsync(EntryView entry, string key, AnnotationValue? value) => Volume.CommitAsync(edit =>
    {
        var state = Volume.Reader.ShownState(Volume.Reader.Require(entry.Id));
        edit.Revise(entry.Id, state with { Annotations = value is null ? state.Annotations.Remove(key) : state.Annotations.SetItem(key, value) });
    });

    private protected static AnnotationValue Tags(params string[] tags) => new AnnotationValue.TextSet([.. tags]);

    private protected static AnnotationValue Number(double value) => new AnnotationValue.Number(value);

    private protected static AnnotationValue Text(string value) => new AnnotationValue.Text(value);

    private protected static long At(int year, int month, int day) => (new DateTimeOffset(year, month, day, 12, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks * 100;
}
