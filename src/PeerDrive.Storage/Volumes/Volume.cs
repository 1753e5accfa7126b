using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Retention;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// One replica of a volume in a data directory, open. Reading is done through <see cref="Reader"/> and <see cref="Contents"/>;
/// every change goes through one <see cref="VolumeWriter"/>.
/// Lock order: the catalog's gate, then those inside <see cref="ChunkStore"/>.
/// </summary>
public sealed class Volume : IAsyncDisposable
{
    private const string IncarnationKey = "incarnation";

    /// <summary>Incarnations beyond the present one that the device may have had before an old image was restored.</summary>
    private const ulong LaterIncarnations = 4;

    private readonly VolumeContext context;
    private readonly OwnLogWait ownLog;
    private readonly Database catalogDb;
    private readonly Database chunkDb;
    private readonly Database readDb;
    private readonly VolumeCatalog catalog;
    private readonly CatalogSnapshots snapshots;
    private readonly ChangesetLog log;
    private readonly LogReplay replay;
    private readonly VolumeWriter writer;
    private readonly Lock subscribersGate = new();
    private readonly List<ChangeSubscription> subscribers = [];
    private VersionVector vector = VersionVector.Empty;
    private IReadOnlyList<string> lackedFeatures = [];

    private Volume(VolumeId id, string folder, VolumeContext context, Database catalogDb, Database chunkDb, Database readDb, Database historyDb, Database state, ChangesetLog log)
    {
        Id = id;
        Folder = folder;
        this.context = context;
        ownLog = new OwnLogWait(context.Time);
        this.catalogDb = catalogDb;
        this.chunkDb = chunkDb;
        this.readDb = readDb;
        State = state;
        this.log = log;
        var features = context.Features ?? VolumeFeatures.Known;
        catalog = new VolumeCatalog(catalogDb, position => log.Read(position, out _), features);
        snapshots = new CatalogSnapshots(catalog, new VolumeCatalog(readDb, position => log.Read(position, out _), features));
        Members = new VolumeMembers(id, catalog, position => log.Read(position, out _));
        Reader = new VolumeReader(snapshots, Members.DeviceName);
        Contents = new ContentStore(ChunkStore.Open(context.Disk, folder, catalogDb, new ChunkIndex(catalogDb, chunkDb)), context.Time);
        replay = new LogReplay(catalog, log, new ChangesetVerifier(id, catalog, Members), Members, Contents);
        writer = new VolumeWriter(snapshots, catalog, log, Contents, Members, NoteCommitted, Publish);
        History = new VolumeHistory(historyDb, catalog, new VolumeCatalog(historyDb, position => log.Read(position, out _), features), Members, position => log.Read(position, out _));
        Checkpoints = new VolumeCheckpoints(this, context, state, log, snapshots);
        Replica = new Replica(state, snapshots, OnReplicaChanged);
        Contents.Chunks.PackBytes = Replica.Policy.PackBytes;
        Collection = new VolumeCollection(this, snapshots, catalog, position => log.Read(position, out _));
        Retention = new VolumeRetention(this, snapshots, catalog, Collection.Collector, context.Time);
    }

    public VolumeId Id { get; }

    /// <summary>Where the replica lies.</summary>
    public string Folder { get; }

    public DeviceId Device => context.Device.Device;
    public PersonId Person => context.Person.Person;
    public string PersonName => context.Person.Name;
    public VolumeReader Reader { get; }

    public ContentStore Contents { get; }

    /// <summary>Which contents are to be here.</summary>
    public Replica Replica { get; }

    /// <summary>Which old versions are to be here.</summary>
    public VolumeRetention Retention { get; }

    /// <summary>Gives back room that nothing needs.</summary>
    public VolumeCollection Collection { get; }

    /// <summary>How the volume was, and who changed what.</summary>
    public VolumeHistory History { get; }

    /// <summary>What is shown of a new replica until its history has come.</summary>
    public VolumeCheckpoints Checkpoints { get; }

    /// <summary>Files that are being written.</summary>
    public DraftStore Drafts { get; private set; } = null!;

    public VolumeMembers Members { get; }

    /// <summary>What cannot be derived: settings of this replica, linked folders, drafts. Its users hold its gate.</summary>
    public Database State { get; }

    public string Name => Setting(VolumeSettings.Name) ?? Checkpoints.GivenName ?? Id.ToHex()[..8];

    /// <summary>Bytes of a torn log record that opening cut off; 0 when the last stop was clean.</summary>
    public long CutBytes => log.CutBytes;

    public VersionVector Vector => Volatile.Read(ref vector);

    /// <summary>This device's role now; while the volume asks for a feature that is not here, a reader's at most.</summary>
    public Role OwnRole => Members.RoleOf(Person) is var role && role > Role.Reader && LackedFeatures.Count > 0 ? Role.Reader : role;

    /// <summary>
    /// Features that the volume asks for and this program has not got. While there is one, changesets are stored and passed on but not
    /// applied, and nothing is committed here; a program that has it applies them all.
    /// </summary>
    public IReadOnlyList<string> LackedFeatures => Volatile.Read(ref lackedFeatures);

    /// <summary>What is derived: its users hold its gate.</summary>
    internal Database CatalogDatabase => catalogDb;

    internal long NowNanoseconds => (context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Makes a new volume with this device's person as its owner.</summary>
    public static async Task<Volume> CreateAsync(VolumeContext context, string volumesFolder, string name, IReadOnlyList<PersonCertificate> furtherOwners)
    {
        var nonce = new byte[Genesis.NonceBytes];
        context.Random.NextBytes(nonce);
        var id = Genesis.VolumeOf(context.Person.Person, nonce);
        var volume = await OpenAsync(id, context, volumesFolder);
        try
        {
            await volume.writer.DoAsync(new EditRequest(volume, edit =>
            {
                edit.Administer(new Operation.Member(context.Person, Role.Owner, nonce));
                edit.Administer(new Operation.Device(context.Device.Certificate));
                foreach (var owner in furtherOwners) edit.Administer(new Operation.Member(owner, Role.Owner, ReadOnlyMemory<byte>.Empty));
                edit.Administer(new Operation.Setting(VolumeSettings.Name, name));
            }, requiredRole: Role.None));
            return volume;
        }
        catch
        {
            await volume.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Opens a replica, or begins an empty one, which fills by synchronising. Replays what the catalog has not seen of the log.
    /// </summary>
    /// <exception cref="PeerDriveException">Corrupt, NoSpace, ReadOnly or Io.</exception>
    public static Task<Volume> OpenAsync(VolumeId id, VolumeContext context, string volumesFolder) => Open(id, context, volumesFolder, isRetry: false);

    private static Task<Volume> Open(VolumeId id, VolumeContext context, string volumesFolder, bool isRetry)
    {
        var folder = Path.Combine(volumesFolder, id.ToHex());
        context.Disk.CreateFolder(folder);
        Database? catalogDb = null, chunkDb = null, readDb = null, historyDb = null, state = null;
        ChangesetLog? log = null;
        try
        {
            catalogDb = CatalogFile.Open(context.Disk, Path.Combine(folder, "catalog.db"));
            chunkDb = context.Disk.OpenDatabase(Path.Combine(folder, "catalog.db"), durable: false);
            readDb = context.Disk.OpenDatabase(Path.Combine(folder, "catalog.db"), durable: false);
            historyDb = context.Disk.OpenDatabase(Path.Combine(folder, "catalog.db"), durable: false);
            state = context.Disk.OpenDatabase(Path.Combine(folder, "state.db"), durable: true);
            state.Execute("CREATE TABLE IF NOT EXISTS settings(key TEXT PRIMARY KEY, value) WITHOUT ROWID");
            log = ChangesetLog.Open(context.Disk, folder);
            var volume = new Volume(id, folder, context, catalogDb, chunkDb, readDb, historyDb, state, log);
            try
            {
                lock (catalogDb.Gate)
                {
                    volume.replay.CatchUp();
                    volume.NoteState();
                }
                if (volume.Contents.Chunks.HasLost) volume.NoteMissing();
                volume.Checkpoints.Open();
                volume.Drafts = DraftStore.Open(context.Disk, folder, state, volume.Contents);
            }
            catch
            {
                volume.Contents.Chunks.Dispose();
                throw;
            }
            volume.writer.Start();
            return Task.FromResult(volume);
        }
        catch (PeerDriveException) when (!isRetry && (catalogDb?.IsDamaged == true || chunkDb?.IsDamaged == true || readDb?.IsDamaged == true))
        {
            Close();
        }
        catch
        {
            Close();
            throw;
        }
        // Only derived: a damaged catalog is made anew.
        context.Disk.DeleteDatabase(Path.Combine(folder, "catalog.db"));
        return Open(id, context, volumesFolder, isRetry: true);

        void Close()
        {
            log?.Dispose();
            foreach (var db in new[] { chunkDb, readDb, historyDb, catalogDb, state }) db?.Dispose();
        }
    }

    /// <summary>
    /// Makes local changes as one step: all are durable and visible when the task ends, or none. <paramref name="build"/> runs
    /// with the tree locked; store contents before.
    /// </summary>
    /// <param name="show">
    /// Called with what makes the changes visible, and calls it once: whoever shows the tree with changes of its own can hold a lock meanwhile,
    /// so that nobody sees both or neither. The tree is locked.
    /// </param>
    /// <exception cref="PeerDriveException">Forbidden: this device may not write here. Otherwise what <paramref name="build"/> throws.</exception>
    public async Task CommitAsync(Action<VolumeEdit> build, Role requiredRole = Role.Writer, Action<Action>? show = null)
    {
        await ownLog.Ended;
        await writer.DoAsync(new EditRequest(this, build, requiredRole, null, show));
    }

    /// <summary>
    /// A peer has changesets of this device that are not here: local commits wait until they came, for a while. Nothing happens when
    /// all that it has is known.
    /// </summary>
    /// <param name="from">The peer, until <see cref="StopAwaitingOwnLog"/>.</param>
    public void AwaitOwnLog(object from, VersionVector theirs)
    {
        var incarnations = (ulong)(StateNumber(IncarnationKey) ?? 0) + LaterIncarnations;
        for (ulong incarnation = 0; incarnation <= incarnations; incarnation++)
            ownLog.Begin(from, theirs[AuthorId.Of(Device, incarnation)].Select(tip => tip.Hash).Where(hash => !Knows(hash)));
    }

    /// <summary>A peer is gone: local commits go on, unless another one could send the own log too.</summary>
    public void StopAwaitingOwnLog(object from) => ownLog.End(from);

    /// <summary>Changes members or settings in the name of another device, whose key is here only for that: its person is one kept on paper.</summary>
    /// <param name="signer">Its certificate is in the volume already, or is the first thing that <paramref name="build"/> adds.</param>
    /// <exception cref="PeerDriveException">Forbidden: what the signer may not do.</exception>
    public Task AdministerAsync(DeviceKey signer, Action<VolumeEdit> build) => writer.DoAsync(new EditRequest(this, build, Role.None, signer));

    /// <summary>Takes in changesets of others in causal order: verifies each, stores and applies those that are right.</summary>
    public async Task<ApplyOutcome> ApplyAsync(IReadOnlyList<Changeset> changesets)
    {
        var request = new ApplyRequest(this, changesets);
        await writer.DoAsync(request);
        if (changesets.Any(changeset => changeset.Header.Device == Device)) ownLog.Progress(Knows);
        return request.Outcome;
    }

    /// <summary>A reader of the change stream, from now on.</summary>
    public ChangeSubscription Subscribe()
    {
        var subscription = new ChangeSubscription(gone =>
        {
            lock (subscribersGate) subscribers.Remove(gone);
        });
        lock (subscribersGate) subscribers.Add(subscription);
        return subscription;
    }

    /// <summary>
    /// Changesets that somebody with the given tips lacks, in causal order, up to about <paramref name="maxBytes"/>.
    /// </summary>
    public IReadOnlyList<Changeset> ReadMissing(VersionVector theirs, int maxBytes)
    {
        using var scope = snapshots.Enter();
        var plan = new MissingChangesets(scope.Catalog, theirs);
        var found = new List<Changeset>();
        var bytes = 0;
        foreach (var row in plan.InOrder())
        {
            var changeset = log.Read(row.Position, out _);
            bytes += changeset.HeaderBytes.Length + changeset.BodyBytes.Length;
            if (found.Count > 0 && bytes > maxBytes) break;
            found.Add(changeset);
        }
        return found;
    }

    /// <summary>Reads several things of one state: nothing changes meanwhile.</summary>
    public T ReadTogether<T>(Func<T> read)
    {
        using var scope = snapshots.Enter();
        return read();
    }

    /// <summary>A setting that replicates with the volume (<see cref="VolumeSettings"/>); null when it is not set.</summary>
    public string? Setting(string key)
    {
        using var scope = snapshots.Enter();
        return scope.Catalog.Setting(key);
    }

    /// <summary>On how many other devices each content is to lie; null: nobody asked for any number.</summary>
    public int? Copies => VolumeSettings.ParseCopies(Setting(VolumeSettings.Copies));

    /// <summary>Whether a changeset is stored here.</summary>
    public bool Knows(ChangesetHash hash)
    {
        using var scope = snapshots.Enter();
        return scope.Catalog.Chains.Find(hash) is not null;
    }

    /// <summary>Contents that this replica should hold and does not: heads first. At most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Content> MissingContents(int limit) => Replica.Missing(limit);

    public (long Contents, long Bytes) MissingTotals() => Replica.MissingTotals();

    /// <summary>Notes that all chunks of contents have come, makes them durable, and tells the subscribers.</summary>
    public void ContentsArrived(IReadOnlyCollection<Content> contents)
    {
        Contents.Chunks.FlushIndex();
        var change = new VolumeChange([], [], [.. contents.Select(content => content.Root)], false, false, false);
        // Before they stop counting as missing too: at no moment may all seem done while a linked folder has not heard of them.
        Publish(change);
        lock (catalogDb.Gate)
        {
            using var transaction = catalogDb.Begin();
            // What was taken out again meanwhile has not come.
            foreach (var content in contents.Where(content => Contents.Chunks.Removals == 0 || Contents.IsHere(content))) catalog.Revisions.RemoveMissing(content);
            transaction.Commit();
        }
        Publish(change);
    }

    /// <summary>Drops contents from this replica that others were found to have; they count as absent from then on.</summary>
    /// <inheritdoc cref="Collector.Drop"/>
    public long DropContents(IReadOnlySet<DocumentId> documents, IReadOnlyCollection<Content> contents, IReadOnlySet<ChunkId> kept, CancellationToken cancellation)
    {
        var given = Collection.Collector.Drop(documents, contents, kept, cancellation);
        Replica.NoteDropped(contents);
        return given;
    }

    /// <summary>Tells the subscribers that more of a large content is here; it is not durable yet.</summary>
    public void NoteGrowing(IReadOnlyCollection<ChunkId> roots) => Publish(new VolumeChange([], [], [], false, false, false) { Growing = roots });

    /// <summary>Names as missing what is not wholly here of the history of documents whose chunks were overwritten; null: of all.</summary>
    public void NoteMissing(IReadOnlyCollection<DocumentId>? documents)
    {
        if (documents is null)
        {
            NoteMissing();
            return;
        }
        lock (catalogDb.Gate)
        {
            using var transaction = catalogDb.Begin();
            foreach (var revision in documents.Select(catalog.Revisions.FindRow).OfType<long>().SelectMany(catalog.Revisions.History))
            {
                if (!revision.Content.IsEmpty && !Contents.IsHere(revision.Content)) catalog.Revisions.AddMissing(revision.Content, revision.Row);
            }
            transaction.Commit();
        }
        Publish(new VolumeChange([], [], [], false, false, HasMissing: true));
    }

    /// <summary>Contents that have a chunk in a set, with the documents they belong to.</summary>
    public IReadOnlyList<(Content Content, DocumentId Document)> ContentsWith(IReadOnlySet<ChunkId> chunks)
    {
        lock (catalogDb.Gate)
        {
            var found = new List<(Content, DocumentId)>();
            foreach (var (content, _, document) in catalog.Revisions.AllContents())
            {
                if (Contents.Missing(content, int.MaxValue).Any(chunks.Contains)) found.Add((content, catalog.Revisions.DocumentOf(document)));
            }
            return found;
        }
    }

    /// <summary>Forgets the catalog and derives it from log and packs.</summary>
    /// <param name="onProgress">Told the number of changesets applied so far.</param>
    public void Rebuild(Action<long>? onProgress = null)
    {
        lock (catalogDb.Gate) replay.Rebuild(onProgress);
        NoteMissing();
        Publish(new VolumeChange([], [], [], IsOverflow: true, HasChangesets: false, HasMissing: false));
    }

    public async ValueTask DisposeAsync()
    {
        ownLog.Dispose();
        await writer.EndAsync();
        try
        {
            Contents.Chunks.FlushIndex();
        }
        catch (PeerDriveException)
        {
            // What was not flushed no commit has named, and the next opening finds it in the packs.
        }
        finally
        {
            Drafts.Dispose();
            Contents.Chunks.Dispose();
            log.Dispose();
            chunkDb.Dispose();
            readDb.Dispose();
            History.Dispose();
            catalogDb.Dispose();
            State.Dispose();
        }
    }

    /// <summary>A number kept for this replica only; null when it was never set.</summary>
    internal long? StateNumber(string key)
    {
        lock (State.Gate)
        {
            using var select = State.Prepare("SELECT value FROM settings WHERE key = ?").Bind(key);
            return select.Step() ? select.Long(0) : null;
        }
    }

    internal void SetStateNumber(string key, long value)
    {
        lock (State.Gate) State.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(key).Bind(value).Run();
    }

    internal Bits128 RandomBits()
    {
        Span<byte> bytes = stackalloc byte[Bits128.Size];
        context.Random.NextBytes(bytes);
        return Bits128.Read(bytes);
    }

    /// <summary>Runs an edit inside the writer's transaction.</summary>
    internal void RunEdit(Action<VolumeEdit> build, Role requiredRole, DeviceKey? signer)
    {
        if (requiredRole != Role.None && Members.RoleOf(Person) < requiredRole)
        {
            throw new PeerDriveException(ErrorKind.Forbidden, requiredRole == Role.Owner
                ? "Only an owner of the volume may do this."
                : "This device may read the volume but not change it.");
        }
        RequireFeatures();
        var (author, incarnation) = signer is null ? OwnAuthor() : (AuthorId.Of(signer.Device, 0), 0);
        var changesets = new ChangesetWriter(Id, catalog, log, signer ?? context.Device, author, incarnation, NowNanoseconds);
        build(new VolumeEdit(this, catalog, changesets));
        changesets.Seal();
        RequireFeatures();
        foreach (var changeset in changesets.Administrative)
        {
            // What all others would refuse would cut off everything that this device writes later.
            if (Members.Refusal(changeset) is { } why) throw new PeerDriveException(ErrorKind.Forbidden, $"This may not be done: {why}.");
            replay.FollowMembers(changeset);
        }
    }

    /// <summary>Verifies and applies changesets inside the writer's transaction.</summary>
    internal ApplyOutcome RunApply(IReadOnlyList<Changeset> changesets) => replay.Apply(changesets);

    /// <summary>A local change may name a content of which parts are on other devices only, inside the writer's transaction.</summary>
    internal void NoteIfAbsent(Content content, RevisionId revision)
    {
        Contents.InFlight.NoteNamed(content);
        if (content.IsEmpty || (Replica.Policy.IsFull && Contents.Chunks.Removals == 0 && !catalog.Revisions.IsMissing(content))) return;
        if (Contents.IsHere(content)) catalog.Revisions.RemoveMissing(content);
        else catalog.Revisions.AddMissing(content, revision);
    }

    /// <summary>What older rules make of a volume would be wrong in the eyes of all who know the newer ones.</summary>
    private void RequireFeatures()
    {
        if (catalog.Lacked.Count > 0)
            throw new PeerDriveException(ErrorKind.Unsupported, $"Volume {Name} needs {string.Join(", ", catalog.Lacked)}, which this version of PeerDrive has not got. Update PeerDrive on this device.");
    }

    /// <summary>This device's log: a new incarnation once the current one has forked.</summary>
    private (AuthorId Author, ulong Incarnation) OwnAuthor()
    {
        var incarnation = (ulong)(StateNumber(IncarnationKey) ?? 0);
        while (true)
        {
            var author = AuthorId.Of(Device, incarnation);
            if (catalog.Chains.Of(author).Count <= 1) return (author, incarnation);
            SetStateNumber(IncarnationKey, (long)++incarnation);
        }
    }

    /// <summary>Compares all contents with the chunks that are here.</summary>
    private void NoteMissing()
    {
        lock (catalogDb.Gate)
        {
            using var transaction = catalogDb.Begin();
            foreach (var (content, revision, _) in catalog.Revisions.AllContents())
            {
                if (Contents.IsHere(content)) catalog.Revisions.RemoveMissing(content);
                else catalog.Revisions.AddMissing(content, revision);
            }
            transaction.Commit();
        }
        Publish(new VolumeChange([], [], [], false, false, HasMissing: true));
    }

    /// <summary>A past tree from the log by the rules from scratch, of the changesets that count.</summary>
    internal EvaluatedTree Evaluate(Func<ChangesetRow, Changeset, bool> counts) => ReadState(known => EvaluatedTree.Read(known, log, Members.DeviceName, counts));

    /// <summary>Reads one state for as long as it takes, through a connection for it alone.</summary>
    internal T ReadState<T>(Func<VolumeCatalog, T> read)
    {
        using var db = context.Disk.OpenDatabase(Path.Combine(Folder, "catalog.db"), durable: false);
        lock (db.Gate)
        {
            using var snapshot = db.BeginRead();
            return read(new VolumeCatalog(db, position => log.Read(position, out _), catalog.Features));
        }
    }

    /// <summary>What a group of the writer's requests came to. The gate is held.</summary>
    /// <param name="hasApplied">There were changesets of others, whose contents may lack.</param>
    private VolumeChange NoteCommitted(TouchedSet touched, bool hasApplied)
    {
        NoteState();
        var hasMissing = Retention.Revive(touched) | hasApplied;
        // After all rows were numbered anew, those that were touched before say nothing.
        if (replay.TakeRebuilt()) return new VolumeChange([], [], [], IsOverflow: true, HasChangesets: true, HasMissing: true) { Through = log.End };
        return new VolumeChange(
            [.. touched.Entries.Select(catalog.Tree.IdOf)], [.. touched.Documents.Select(catalog.Revisions.DocumentOf)], [], false, HasChangesets: true, HasMissing: hasMissing)
        { Through = log.End };
    }

    private void NoteState()
    {
        Contents.InFlight.EndNaming();
        Volatile.Write(ref vector, catalog.Chains.Vector());
        Volatile.Write(ref lackedFeatures, catalog.Lacked);
    }

    private void OnReplicaChanged()
    {
        Contents.Chunks.PackBytes = Replica.Policy.PackBytes;
        Publish(new VolumeChange([], [], [], false, false, HasMissing: true));
    }

    private void Publish(VolumeChange change)
    {
        ChangeSubscription[] current;
        lock (subscribersGate) current = [.. subscribers];
        foreach (var subscriber in current) subscriber.Publish(change);
    }
}
