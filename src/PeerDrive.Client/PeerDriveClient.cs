using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Client;

/// <summary>
/// A typed client of a node's HTTP API, over its Unix socket or TCP. Volumes are named by name or id, paths inside one begin with a
/// slash. Every method throws <see cref="PeerDriveProblemException"/> when the node refuses or cannot be reached.
/// </summary>
public sealed class PeerDriveClient : IDisposable
{
    private readonly NodeConnection node;

    /// <param name="socketPath">Path of the node's socket.</param>
    /// <param name="timeout">How long an answer may take; long work runs as jobs, so answers come soon.</param>
    public PeerDriveClient(string socketPath, TimeSpan timeout) => node = NodeConnection.BySocket(socketPath, timeout);

    /// <param name="address">Of the node's page, as <c>peerdrive up</c> prints it.</param>
    /// <param name="token">What stands in the file <c>api-token</c> in the node's home.</param>
    /// <param name="timeout">As above.</param>
    public PeerDriveClient(Uri address, string token, TimeSpan timeout) => node = NodeConnection.ByAddress(address, token, timeout);

    /// <summary>How contracts are written; other types are found out at run time.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ClientJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    /// <summary>The same, each in one line.</summary>
    public static JsonSerializerOptions JsonLine { get; } = new(Json) { WriteIndented = false };

    public Task<NodeStatus> StatusAsync(CancellationToken cancellation) => node.GetAsync<NodeStatus>("status", cancellation);

    /// <summary>Figures for a collector, in Prometheus' text format.</summary>
    public Task<string> MetricsAsync(CancellationToken cancellation) => node.TextAsync("metrics", cancellation);

    /// <returns>ok, or what is wrong.</returns>
    public Task<string> HealthAsync(CancellationToken cancellation) => node.TextAsync("health", cancellation);

    /// <summary>The API as an OpenAPI document.</summary>
    public Task<string> DescriptionAsync(CancellationToken cancellation) => node.TextAsync("openapi.json", cancellation);

    /// <summary>Where the web page is, with a code to log in.</summary>
    public Task<PagePlace> PageAsync(CancellationToken cancellation) => node.PostAsync<object, PagePlace>("page", new { }, cancellation);

    /// <summary>Sets the password with which the page is opened from other devices.</summary>
    public Task SetPasswordAsync(PasswordRequest request, CancellationToken cancellation) => node.SendAsync<object>(http => http.PutAsJsonAsync("page/password", request, Json, cancellation), cancellation);

    public Task RemovePasswordAsync(CancellationToken cancellation) => node.DeleteAsync("page/password", cancellation);

    /// <summary>What happens on the node, as it happens, until it stops or the caller does. What a listener missed comes first when it names the last event that it had.</summary>
    /// <param name="after">An event's id; null: from now on.</param>
    /// <exception cref="PeerDriveProblemException">Unreachable: the node ended without a word.</exception>
    public async IAsyncEnumerable<NodeEvent> EventsAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = await node.StreamAsync($"events?after={Escape(after ?? "")}", cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<NodeEvent>(data, Json)!).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            await using (events.ConfigureAwait(false))
            {
                while (await IsThereAnotherAsync(events).ConfigureAwait(false)) yield return events.Current.Data;
            }
        }
    }

    private static async ValueTask<bool> IsThereAnotherAsync(IAsyncEnumerator<SseItem<NodeEvent>> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new PeerDriveProblemException(new Problem("Unreachable", 11, "The node fell silent."), e);
        }
    }

    public Task StopAsync(CancellationToken cancellation) => node.PostAsync<object, object>("stop", new { }, cancellation);

    public Task<IReadOnlyList<VolumeStatus>> VolumesAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<VolumeStatus>>("volumes", cancellation);

    public Task<VolumeStatus> VolumeAsync(string volume, CancellationToken cancellation) => node.GetAsync<VolumeStatus>($"volumes/{Escape(volume)}", cancellation);

    public Task<CreatedVolume> CreateVolumeAsync(CreateVolume request, CancellationToken cancellation) =>
        node.PostAsync<CreateVolume, CreatedVolume>("volumes", request, cancellation);

    public Task<ReplicaStatus> ReplicaAsync(string volume, CancellationToken cancellation) => node.GetAsync<ReplicaStatus>($"volumes/{Escape(volume)}/replica", cancellation);

    /// <summary>Says which contents are to be here.</summary>
    public Task<ReplicaStatus> SetReplicaAsync(string volume, ReplicaRequest request, CancellationToken cancellation) =>
        node.PostAsync<ReplicaRequest, ReplicaStatus>($"volumes/{Escape(volume)}/replica", request, cancellation);

    /// <summary>Says on how many other devices each content is to lie. Owners only.</summary>
    public Task<VolumeStatus> SetCopiesAsync(string volume, CopiesRequest request, CancellationToken cancellation) =>
        node.PostAsync<CopiesRequest, VolumeStatus>($"volumes/{Escape(volume)}/copies", request, cancellation);

    /// <summary>Keeps a file, or all that is in a folder and comes into it, on this device.</summary>
    public Task<ReplicaStatus> PinAsync(string volume, PathRequest request, CancellationToken cancellation) =>
        node.PostAsync<PathRequest, ReplicaStatus>($"volumes/{Escape(volume)}/pins", request, cancellation);

    /// <summary>Drops from this device what enough others hold at this moment.</summary>
    public Task<FreeStatus> FreeAsync(string volume, PathRequest request, CancellationToken cancellation) =>
        node.PostAsync<PathRequest, FreeStatus>($"volumes/{Escape(volume)}/free", request, cancellation);

    public Task<RetentionStatus> RetentionAsync(string volume, CancellationToken cancellation) => node.GetAsync<RetentionStatus>($"volumes/{Escape(volume)}/retention", cancellation);

    /// <summary>Says which old versions this device is to keep.</summary>
    public Task<RetentionStatus> SetRetentionAsync(string volume, RetentionRequest request, CancellationToken cancellation) =>
        node.PostAsync<RetentionRequest, RetentionStatus>($"volumes/{Escape(volume)}/retention", request, cancellation);

    /// <summary>Lets go what the retention rule does not keep.</summary>
    public Task<ThinStatus> ThinAsync(string volume, ThinRequest request, CancellationToken cancellation) =>
        node.PostAsync<ThinRequest, ThinStatus>($"volumes/{Escape(volume)}/thin", request, cancellation);

    /// <summary>Gives back room that nothing needs.</summary>
    public Task<CollectStatus> CollectAsync(string volume, bool dryRun, CancellationToken cancellation) =>
        node.PostAsync<object, CollectStatus>($"volumes/{Escape(volume)}/collect?dryRun={dryRun}", new { }, cancellation);

    /// <summary>Counts what the disk is used for.</summary>
    public Task<DiskUseStatus> DiskUseAsync(string volume, CancellationToken cancellation) => node.GetAsync<DiskUseStatus>($"volumes/{Escape(volume)}/disk", cancellation);

    /// <summary>Asks the connected members who holds a file, or the files in a folder.</summary>
    public Task<WhereStatus> WhereAsync(string volume, string path, CancellationToken cancellation) =>
        node.GetAsync<WhereStatus>($"volumes/{Escape(volume)}/where?path={Escape(path)}", cancellation);

    /// <summary>Puts a file or folder into another volume as the same documents with their histories. A job meanwhile.</summary>
    public Task<ReplicateStatus> ReplicateAsync(string volume, ReplicateRequest request, CancellationToken cancellation) =>
        node.PostAsync<ReplicateRequest, ReplicateStatus>($"volumes/{Escape(volume)}/replicate", request, cancellation);

    /// <summary>Rules that keep folders of two volumes in step.</summary>
    public Task<IReadOnlyList<RuleStatus>> RulesAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<RuleStatus>>("rules", cancellation);

    /// <param name="rule">As listed, or the beginning of that, as for all below.</param>
    public Task<RuleStatus> RuleAsync(string rule, CancellationToken cancellation) => node.GetAsync<RuleStatus>($"rules/{Escape(rule)}", cancellation);

    public Task<RuleStatus> AddRuleAsync(RuleRequest request, CancellationToken cancellation) => node.PostAsync<RuleRequest, RuleStatus>("rules", request, cancellation);

    /// <summary>Ends a rule. What it brought stays in both volumes.</summary>
    public Task RemoveRuleAsync(string rule, CancellationToken cancellation) => node.DeleteAsync($"rules/{Escape(rule)}", cancellation);

    /// <param name="action">pause, resume, or run: look through all of both folders now, as a job, paused or not.</param>
    public Task<RuleStatus> RuleActionAsync(string rule, string action, CancellationToken cancellation) =>
        node.PostAsync<object, RuleStatus>($"rules/{Escape(rule)}/{Escape(action)}", new { }, cancellation);

    /// <summary>Settles or leaves out one document of a rule.</summary>
    public Task<RuleStatus> SettleRuleAsync(string rule, RuleSettle request, CancellationToken cancellation) =>
        node.PostAsync<RuleSettle, RuleStatus>($"rules/{Escape(rule)}/settle", request, cancellation);

    /// <summary>What is kept on this device by its name.</summary>
    public Task<IReadOnlyList<PinStatus>> PinsAsync(string volume, CancellationToken cancellation) => node.GetAsync<IReadOnlyList<PinStatus>>($"volumes/{Escape(volume)}/pins", cancellation);

    public Task UnpinAsync(string volume, string path, CancellationToken cancellation) => UnpinAsync(volume, path, null, cancellation);

    /// <param name="revision">A pinned version of the file; null: what is pinned by name.</param>
    public Task UnpinAsync(string volume, string path, string? revision, CancellationToken cancellation) =>
        node.DeleteAsync($"volumes/{Escape(volume)}/pins?path={Escape(path)}{(revision is null ? "" : $"&revision={Escape(revision)}")}", cancellation);

    /// <param name="person">A member's PersonId, its beginning, or a name that only one member has.</param>
    public Task RemoveMemberAsync(string volume, string person, CancellationToken cancellation) =>
        node.DeleteAsync($"volumes/{Escape(volume)}/members/{Escape(person)}", cancellation);

    public Task<TicketStatus> InviteAsync(string volume, CreateTicket request, CancellationToken cancellation) =>
        node.PostAsync<CreateTicket, TicketStatus>($"volumes/{Escape(volume)}/tickets", request, cancellation);

    /// <summary>Makes this device's person an owner by a recovery key.</summary>
    public Task<IReadOnlyList<RecoverStatus>> RecoverAsync(RecoverRequest request, CancellationToken cancellation) =>
        node.PostAsync<RecoverRequest, IReadOnlyList<RecoverStatus>>("recover", request, cancellation);

    public Task<JoinStatus> JoinAsync(JoinRequest request, CancellationToken cancellation) => node.PostAsync<JoinRequest, JoinStatus>("join", request, cancellation);

    public Task<LinkStatus> LinkAsync(CreateLink request, CancellationToken cancellation) => node.PostAsync<CreateLink, LinkStatus>("links", request, cancellation);

    /// <param name="link">A link's id or its directory.</param>
    public Task UnlinkAsync(string link, CancellationToken cancellation) => node.DeleteAsync($"links?link={Escape(link)}", cancellation);

    public Task<MountStatus> MountAsync(MountRequest request, CancellationToken cancellation) => node.PostAsync<MountRequest, MountStatus>("mount", request, cancellation);

    /// <summary>Where the volumes are mounted.</summary>
    public Task<MountStatus> MountAsync(CancellationToken cancellation) => node.GetAsync<MountStatus>("mount", cancellation);

    public Task UnmountAsync(CancellationToken cancellation) => node.DeleteAsync("mount", cancellation);

    public Task<IReadOnlyList<PeerStatus>> PeersAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<PeerStatus>>("peers", cancellation);

    public Task<IReadOnlyList<JobStatus>> JobsAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<JobStatus>>("jobs", cancellation);

    /// <param name="id">As listed, or its beginning.</param>
    /// <param name="action">pause, resume, cancel or skip.</param>
    public Task<JobStatus> JobActionAsync(string id, string action, CancellationToken cancellation) =>
        node.PostAsync<object, JobStatus>($"jobs/{Escape(id)}/{Escape(action)}", new { }, cancellation);

    public Task<PauseStatus> PausesAsync(CancellationToken cancellation) => node.GetAsync<PauseStatus>("pauses", cancellation);

    public Task<PauseStatus> PauseAsync(PauseRequest request, CancellationToken cancellation) => node.PostAsync<PauseRequest, PauseStatus>("pause", request, cancellation);

    public Task<PauseStatus> ResumeAsync(PauseRequest request, CancellationToken cancellation) => node.PostAsync<PauseRequest, PauseStatus>("resume", request, cancellation);

    public Task<LimitsStatus> LimitsAsync(CancellationToken cancellation) => node.GetAsync<LimitsStatus>("limits", cancellation);

    public Task<LimitsStatus> LimitAsync(LimitRequest request, CancellationToken cancellation) => node.PostAsync<LimitRequest, LimitsStatus>("limits", request, cancellation);

    /// <param name="peer">Whose limits to remove; null: all.</param>
    public Task<LimitsStatus> ClearLimitsAsync(string? peer, CancellationToken cancellation) =>
        node.SendAsync<LimitsStatus>(http => http.DeleteAsync($"limits?peer={Escape(peer ?? "")}", cancellation), cancellation);

    public Task<JobStatus> ImportAsync(ImportRequest request, CancellationToken cancellation) => node.PostAsync<ImportRequest, JobStatus>("import", request, cancellation);

    public Task<IReadOnlyList<EntryStatus>> ListAsync(string volume, string path, bool recursive, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<EntryStatus>>($"volumes/{Escape(volume)}/entries?path={Escape(path)}&recursive={recursive}", cancellation);

    /// <param name="fields">Names of fields to be told with each entry.</param>
    public Task<IReadOnlyList<EntryStatus>> ListAsync(string volume, string path, bool recursive, IReadOnlyList<string> fields, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<EntryStatus>>($"volumes/{Escape(volume)}/entries?path={Escape(path)}&recursive={recursive}&fields={Escape(string.Join(',', fields))}", cancellation);

    /// <summary>Some entries of a folder that may have many.</summary>
    /// <param name="cursor">Where the page before ended; null: the first page.</param>
    public async Task<EntryPage> ListPageAsync(string volume, string path, string? cursor, int limit, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"volumes/{Escape(volume)}/entries?path={Escape(path)}&limit={limit}&cursor={Escape(cursor ?? "")}");
        using var response = await node.AnsweredAsync(request, cancellation).ConfigureAwait(false);
        var next = response.Headers.TryGetValues("Link", out var links) ? links.First().Split("cursor=")[1].Split('&', '>')[0] : null;
        return new EntryPage(await NodeConnection.ContentAsync<IReadOnlyList<EntryStatus>>(response, cancellation).ConfigureAwait(false), next);
    }

    /// <summary>How the pages of a folder lie.</summary>
    /// <param name="pageEntries">How many entries each is to have.</param>
    public Task<FolderOutline> OutlineAsync(string volume, string path, int pageEntries, CancellationToken cancellation) =>
        node.GetAsync<FolderOutline>($"volumes/{Escape(volume)}/outline?path={Escape(path)}&limit={pageEntries}", cancellation);

    /// <summary>All fields of a file or folder: its annotations, and what was read out of its content.</summary>
    /// <param name="revision">A revision's id or its beginning; null: the shown head.</param>
    public Task<FieldsStatus> FieldsAsync(string volume, string path, string? revision, CancellationToken cancellation) =>
        node.GetAsync<FieldsStatus>($"volumes/{Escape(volume)}/annotations?path={Escape(path)}&revision={Escape(revision ?? "")}", cancellation);

    /// <summary>Fields that can be used in a volume: those that every device knows, and those that its documents have.</summary>
    public Task<IReadOnlyList<FieldName>> FieldNamesAsync(string volume, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<FieldName>>($"volumes/{Escape(volume)}/fields", cancellation);

    /// <summary>Changes annotations of files and folders, all in one commit.</summary>
    public Task<IReadOnlyList<FieldsStatus>> AnnotateAsync(string volume, AnnotateRequest request, CancellationToken cancellation) =>
        node.SendAsync<IReadOnlyList<FieldsStatus>>(http => http.PatchAsJsonAsync($"volumes/{Escape(volume)}/annotations", request, Json, cancellation), cancellation);

    /// <summary>Changes annotations of all that a query finds, in commits of some hundred documents each. A job meanwhile.</summary>
    public Task<BulkAnnotateStatus> AnnotateMatchesAsync(BulkAnnotateRequest request, CancellationToken cancellation) =>
        node.PostAsync<BulkAnnotateRequest, BulkAnnotateStatus>("annotations", request, cancellation);

    /// <summary>A document by its address: <c>pd:VOLUME/DOCUMENT</c>, with <c>@REVISION</c> for one version, and a path behind it to go on from a folder.</summary>
    public Task<DocumentStatus> ResolveAsync(string address, CancellationToken cancellation) => node.GetAsync<DocumentStatus>($"addresses?address={Escape(address)}", cancellation);

    /// <summary>A document by its path or address: its address, and all places that it has.</summary>
    /// <param name="revision">A revision's id or its beginning, to address that version; null: the document.</param>
    public Task<DocumentStatus> DocumentAsync(string volume, string path, string? revision, CancellationToken cancellation) =>
        node.GetAsync<DocumentStatus>($"volumes/{Escape(volume)}/document?path={Escape(path)}&revision={Escape(revision ?? "")}", cancellation);

    /// <summary>Files a document in a further folder of its volume.</summary>
    public Task<DocumentStatus> PlaceAsync(string volume, CreatePlace request, CancellationToken cancellation) =>
        node.PostAsync<CreatePlace, DocumentStatus>($"volumes/{Escape(volume)}/places", request, cancellation);

    /// <summary>Takes a document out of one of several places that it has.</summary>
    public Task<DocumentStatus> RemovePlaceAsync(string volume, string path, CancellationToken cancellation) =>
        node.SendAsync<DocumentStatus>(http => http.DeleteAsync($"volumes/{Escape(volume)}/places?path={Escape(path)}", cancellation), cancellation);

    /// <summary>Makes a link to a document or a version, of this or another volume.</summary>
    public Task<DocumentStatus> CreateDocumentLinkAsync(string volume, CreateDocumentLink request, CancellationToken cancellation) =>
        node.PostAsync<CreateDocumentLink, DocumentStatus>($"volumes/{Escape(volume)}/document-links", request, cancellation);

    /// <summary>What leads to a document, in all volumes of the node.</summary>
    public Task<BacklinksStatus> BacklinksAsync(string volume, string path, CancellationToken cancellation) =>
        node.GetAsync<BacklinksStatus>($"volumes/{Escape(volume)}/backlinks?path={Escape(path)}", cancellation);

    /// <summary>A folder as it was.</summary>
    /// <param name="at">A time in ISO 8601, or the beginning of a changeset's or revision's id: as its maker saw it.</param>
    public Task<IReadOnlyList<EntryStatus>> ListAtAsync(string volume, string path, string at, bool recursive, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<EntryStatus>>($"volumes/{Escape(volume)}/entries?path={Escape(path)}&recursive={recursive}&at={Escape(at)}", cancellation);

    /// <summary>A file's bytes as they were at a path then, as a stream that the caller disposes.</summary>
    /// <inheritdoc cref="ListAtAsync" path="/param"/>
    public Task<Stream> ReadAtAsync(string volume, string path, string at, CancellationToken cancellation) =>
        node.StreamAsync($"volumes/{Escape(volume)}/content?path={Escape(path)}&at={Escape(at)}", cancellation);

    /// <summary>What changed in a volume, a folder or a file, newest first, a page at a time.</summary>
    public Task<ChangePage> ChangesAsync(string volume, string path, ChangeFilter filter, CancellationToken cancellation) => node.GetAsync<ChangePage>(
        $"volumes/{Escape(volume)}/changes?path={Escape(path)}&by={Escape(filter.By ?? "")}&since={Escape(Iso(filter.Since))}&until={Escape(Iso(filter.Until))}"
        + $"&kind={Escape(filter.Kind ?? "")}&grep={Escape(filter.Grep ?? "")}&limit={filter.Limit}&after={Escape(filter.After ?? "")}", cancellation);

    /// <summary>What differs in a folder between two times.</summary>
    /// <param name="from">As in <see cref="ListAtAsync"/>.</param>
    /// <param name="to">Likewise; empty: now.</param>
    public Task<CompareStatus> CompareAsync(string volume, string path, string from, string to, CancellationToken cancellation) =>
        node.GetAsync<CompareStatus>($"volumes/{Escape(volume)}/compare?path={Escape(path)}&from={Escape(from)}&to={Escape(to)}", cancellation);

    /// <summary>Puts what was somewhere as new files elsewhere.</summary>
    public Task<SaveStatus> SaveAsync(string volume, SaveRequest request, CancellationToken cancellation) =>
        node.PostAsync<SaveRequest, SaveStatus>($"volumes/{Escape(volume)}/save", request, cancellation);

    /// <summary>Undoes what a device, a person or a span of time did, and keeps what others did since. A job meanwhile.</summary>
    public Task<RewindStatus> RewindAsync(string volume, RewindRequest request, CancellationToken cancellation) =>
        node.PostAsync<RewindRequest, RewindStatus>($"volumes/{Escape(volume)}/rewind", request, cancellation);

    /// <summary>What is in conflict in any volume.</summary>
    public Task<IReadOnlyList<ConflictStatus>> AllConflictsAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<ConflictStatus>>("conflicts", cancellation);

    /// <summary>A conflict with its base.</summary>
    public Task<ThreeWayStatus> ConflictAsync(string volume, string path, CancellationToken cancellation) =>
        node.GetAsync<ThreeWayStatus>($"volumes/{Escape(volume)}/conflict?path={Escape(path)}", cancellation);

    /// <summary>A file's bytes, as a stream that the caller disposes.</summary>
    /// <param name="revision">A revision's id or its beginning; null: the shown head.</param>
    public Task<Stream> ReadAsync(string volume, string path, string? revision, CancellationToken cancellation) =>
        node.StreamAsync($"volumes/{Escape(volume)}/content?path={Escape(path)}&revision={Escape(revision ?? "")}", cancellation);

    /// <summary>Some bytes of a file, as a stream that the caller disposes; only these are fetched when they are not here.</summary>
    /// <param name="from">Offset of the first.</param>
    /// <param name="count">How many; fewer come when the file ends before.</param>
    /// <exception cref="PeerDriveProblemException">Invalid: the file ends before <paramref name="from"/>.</exception>
    public Task<Stream> ReadAsync(string volume, string path, string? revision, long from, long count, CancellationToken cancellation) =>
        node.StreamAsync($"volumes/{Escape(volume)}/content?path={Escape(path)}&revision={Escape(revision ?? "")}", cancellation, new RangeHeaderValue(from, from + count - 1));

    /// <summary>Writes a file from a stream; one that is there goes on with its history.</summary>
    public Task<EntryStatus> WriteAsync(string volume, string path, Stream content, CancellationToken cancellation) => WriteAsync(volume, path, content, null, "", cancellation);

    /// <param name="seen">Writes only if this revision is what is shown; <c>none</c>: only if nothing is there. Null: in any case.</param>
    /// <exception cref="PeerDriveProblemException">Conflict: it is another.</exception>
    public Task<EntryStatus> WriteAsync(string volume, string path, Stream content, string? seen, string comment, CancellationToken cancellation) => node.SendAsync<EntryStatus>(http => http.PutAsync($"volumes/{Escape(volume)}/content?path={Escape(path)}&base={Escape(seen ?? "")}&comment={Escape(comment)}", new StreamContent(content), cancellation), cancellation);

    /// <summary>Begins to write a file in pieces, by connections that may break; this goes on over a restart of the node.</summary>
    /// <param name="size">Bytes of the whole file.</param>
    /// <param name="seen">As for <see cref="WriteAsync(string, string, Stream, string?, string, CancellationToken)"/>.</param>
    /// <returns>The upload's id, good for a week after the last piece. An empty file is written at once.</returns>
    public async Task<string> BeginUploadAsync(string volume, string path, long size, string? seen, string comment, CancellationToken cancellation)
    {
        using var request = Tus(HttpMethod.Post, $"volumes/{Escape(volume)}/uploads");
        request.Headers.Add("Upload-Length", size.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", string.Join(',', new[] { ("path", path), ("base", seen ?? ""), ("comment", comment) }.Select(pair => $"{pair.Item1} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Item2))}")));
        using var response = await node.AnsweredAsync(request, cancellation).ConfigureAwait(false);
        return response.Headers.Location?.ToString().Split('/')[^1] ?? "";
    }

    /// <returns>How many bytes of an upload are at the node.</returns>
    public async Task<long> UploadedAsync(string upload, CancellationToken cancellation)
    {
        using var request = Tus(HttpMethod.Head, $"uploads/{Escape(upload)}");
        using var response = await node.AnsweredAsync(request, cancellation).ConfigureAwait(false);
        return Offset(response);
    }

    /// <summary>Sends bytes of an upload, from <paramref name="offset"/> of the file on. With the last, the file is written.</summary>
    /// <returns>How many are at the node now.</returns>
    /// <exception cref="PeerDriveProblemException">Conflict: other bytes are there than before <paramref name="offset"/>; or the file is not as it was seen.</exception>
    public async Task<long> ContinueUploadAsync(string upload, long offset, Stream bytes, CancellationToken cancellation)
    {
        using var request = Tus(HttpMethod.Patch, $"uploads/{Escape(upload)}");
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Content = new StreamContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
        using var response = await node.AnsweredAsync(request, cancellation).ConfigureAwait(false);
        return Offset(response);
    }

    /// <summary>Gives an upload up.</summary>
    public async Task RemoveUploadAsync(string upload, CancellationToken cancellation)
    {
        using var request = Tus(HttpMethod.Delete, $"uploads/{Escape(upload)}");
        (await node.AnsweredAsync(request, cancellation).ConfigureAwait(false)).Dispose();
    }

    /// <summary>Makes a folder in one that is there.</summary>
    public Task<EntryStatus> MakeFolderAsync(string volume, string path, CancellationToken cancellation) => node.PostAsync<PathRequest, EntryStatus>($"volumes/{Escape(volume)}/folders", new PathRequest(path, null), cancellation);

    /// <summary>Renames or moves a file or folder; its history goes with it.</summary>
    public Task<EntryStatus> MoveAsync(string volume, MoveRequest request, CancellationToken cancellation) => node.PostAsync<MoveRequest, EntryStatus>($"volumes/{Escape(volume)}/move", request, cancellation);

    /// <summary>Puts a file, or a folder with all in it, into the trash.</summary>
    /// <returns>What it was; its entry is what <see cref="UndeleteAsync"/> takes.</returns>
    public Task<EntryStatus> DeleteAsync(string volume, string path, CancellationToken cancellation) =>
        node.SendAsync<EntryStatus>(http => http.DeleteAsync($"volumes/{Escape(volume)}/entries?path={Escape(path)}", cancellation), cancellation);

    /// <summary>A folder of a group's common tree: its own volume and all offers in one.</summary>
    /// <param name="group">A volume's name or id, as for the two below.</param>
    public Task<IReadOnlyList<EntryStatus>> ListCommonAsync(string group, string path, bool recursive, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<EntryStatus>>($"volumes/{Escape(group)}/common/entries?path={Escape(path)}&recursive={recursive}", cancellation);

    /// <summary>Bytes of a file of a common tree, as a stream that the caller disposes.</summary>
    public Task<Stream> ReadCommonAsync(string group, string path, CancellationToken cancellation) =>
        node.StreamAsync($"volumes/{Escape(group)}/common/content?path={Escape(path)}", cancellation);

    /// <summary>Whose a place in a common tree is.</summary>
    public Task<CommonWhere> WhereCommonAsync(string group, string path, CancellationToken cancellation) =>
        node.GetAsync<CommonWhere>($"volumes/{Escape(group)}/common/where?path={Escape(path)}", cancellation);

    /// <summary>What is offered to the groups of this node, by itself and by others.</summary>
    public Task<IReadOnlyList<OfferStatus>> OffersAsync(CancellationToken cancellation) => node.GetAsync<IReadOnlyList<OfferStatus>>("offers", cancellation);

    public Task<OfferStatus> OfferAsync(CreateOffer request, CancellationToken cancellation) => node.PostAsync<CreateOffer, OfferStatus>("offers", request, cancellation);

    /// <param name="offer">The directory, or the path in the common tree.</param>
    public Task StopOfferAsync(string offer, CancellationToken cancellation) => node.DeleteAsync($"offers?offer={Escape(offer)}", cancellation);

    public Task<IReadOnlyList<RevisionStatus>> LogAsync(string volume, string path, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<RevisionStatus>>($"volumes/{Escape(volume)}/log?path={Escape(path)}", cancellation);

    public Task<RevisionStatus> RevisionAsync(string volume, string revision, CancellationToken cancellation) =>
        node.GetAsync<RevisionStatus>($"volumes/{Escape(volume)}/revisions/{Escape(revision)}", cancellation);

    /// <param name="before">A revision; empty: the parent of <paramref name="after"/>.</param>
    /// <param name="after">A revision; empty: the shown head.</param>
    public Task<DiffStatus> DiffAsync(string volume, string path, string before, string after, CancellationToken cancellation) =>
        node.GetAsync<DiffStatus>($"volumes/{Escape(volume)}/diff?path={Escape(path)}&before={Escape(before)}&after={Escape(after)}", cancellation);

    /// <summary>What differs in a file between two times.</summary>
    /// <param name="from">As in <see cref="ListAtAsync"/>.</param>
    /// <param name="to">Likewise; empty: now.</param>
    public Task<DiffStatus> DiffTimesAsync(string volume, string path, string from, string to, CancellationToken cancellation) =>
        node.GetAsync<DiffStatus>($"volumes/{Escape(volume)}/diff?path={Escape(path)}&from={Escape(from)}&to={Escape(to)}", cancellation);

    /// <summary>Makes a file, or all of a folder, what it was. A large folder takes its time, and is a job meanwhile.</summary>
    public Task<RestoreStatus> RestoreAsync(string volume, RestoreRequest request, CancellationToken cancellation) =>
        node.PostAsync<RestoreRequest, RestoreStatus>($"volumes/{Escape(volume)}/restore", request, cancellation);

    public Task<EntryStatus> UndeleteAsync(string volume, PathRequest request, CancellationToken cancellation) =>
        node.PostAsync<PathRequest, EntryStatus>($"volumes/{Escape(volume)}/undelete", request, cancellation);

    public Task<IReadOnlyList<TrashStatus>> TrashAsync(string volume, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<TrashStatus>>($"volumes/{Escape(volume)}/trash", cancellation);

    /// <summary>Entries that match a query, the best first.</summary>
    /// <param name="volumes">Names or ids; none: all volumes.</param>
    /// <param name="cursor">Where the page before ended; null: the first page.</param>
    /// <param name="isTyping">The query is not finished: its last word may be the beginning of one.</param>
    public Task<SearchStatus> SearchAsync(string query, IReadOnlyList<string> volumes, string? cursor, int limit, bool isTyping, CancellationToken cancellation) =>
        node.GetAsync<SearchStatus>($"search?q={Escape(query)}&cursor={Escape(cursor ?? "")}&limit={limit}&typing={isTyping}{string.Concat(volumes.Select(volume => $"&volume={Escape(volume)}"))}", cancellation);

    /// <summary>Keeps a query as a document of a volume.</summary>
    public Task<SavedQuery> SaveQueryAsync(string volume, SaveQuery request, CancellationToken cancellation) =>
        node.PostAsync<SaveQuery, SavedQuery>($"volumes/{Escape(volume)}/queries", request, cancellation);

    /// <summary>Queries that are kept as documents.</summary>
    /// <param name="volumes">Names or ids; none: all volumes.</param>
    public Task<IReadOnlyList<SavedQuery>> SavedQueriesAsync(IReadOnlyList<string> volumes, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<SavedQuery>>($"queries?{string.Join('&', volumes.Select(volume => $"volume={Escape(volume)}"))}", cancellation);

    /// <param name="path">Of a document that holds a query.</param>
    public Task<SavedQuery> SavedQueryAsync(string volume, string path, CancellationToken cancellation) =>
        node.GetAsync<SavedQuery>($"volumes/{Escape(volume)}/query?path={Escape(path)}", cancellation);

    public Task<IReadOnlyList<ConflictStatus>> ConflictsAsync(string volume, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<ConflictStatus>>($"volumes/{Escape(volume)}/conflicts", cancellation);

    public Task<RevisionStatus> ResolveAsync(string volume, ResolveRequest request, CancellationToken cancellation) =>
        node.PostAsync<ResolveRequest, RevisionStatus>($"volumes/{Escape(volume)}/resolve", request, cancellation);

    public Task<IReadOnlyList<DraftStatus>> DraftsAsync(string volume, CancellationToken cancellation) =>
        node.GetAsync<IReadOnlyList<DraftStatus>>($"volumes/{Escape(volume)}/drafts", cancellation);

    /// <summary>Commits drafts from before a crash; all of them when the path is null.</summary>
    public Task KeepAsync(string volume, PathRequest request, CancellationToken cancellation) =>
        node.PostAsync<PathRequest, object>($"volumes/{Escape(volume)}/keep", request, cancellation);

    /// <summary>Undoes edits that are no versions; all of them when the path is null.</summary>
    public Task RevertAsync(string volume, PathRequest request, CancellationToken cancellation) =>
        node.PostAsync<PathRequest, object>($"volumes/{Escape(volume)}/revert", request, cancellation);

    /// <param name="rebuild">Derives the catalog anew first.</param>
    public Task<CheckStatus> CheckAsync(string volume, bool rebuild, CancellationToken cancellation) =>
        node.PostAsync<object, CheckStatus>($"volumes/{Escape(volume)}/check?rebuild={rebuild}", new { }, cancellation);

    public Task<IdentityStatus> IdentityAsync(CancellationToken cancellation) => node.GetAsync<IdentityStatus>("identity", cancellation);

    public Task<IdentityExport> ExportIdentityAsync(PassphraseRequest request, CancellationToken cancellation) =>
        node.PostAsync<PassphraseRequest, IdentityExport>("identity/export", request, cancellation);

    public Task<IdentityStatus> ImportIdentityAsync(PassphraseRequest request, CancellationToken cancellation) =>
        node.PostAsync<PassphraseRequest, IdentityStatus>("identity/import", request, cancellation);

    public void Dispose() => node.Dispose();

    private static string Iso(DateTimeOffset? time) => time?.ToString("O", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static HttpRequestMessage Tus(HttpMethod method, string route) => new(method, route) { Headers = { { "Tus-Resumable", "1.0.0" } } };

    private static long Offset(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Upload-Offset", out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
}
