using System.Globalization;
using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Maintenance;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Invitations;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Node.Api;

/// <summary>Volumes and their members: create, show, invite, join, remove a member, check.</summary>
internal static class VolumeRoutes
{
    private static readonly TimeSpan LongestInvitation = TimeSpan.FromDays(365);

    /// <summary>How long a check waits for peers to send again what was damaged, when one is connected.</summary>
    private static readonly TimeSpan Healing = TimeSpan.FromSeconds(30);

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes", new("All volumes.") { Answers = typeof(IReadOnlyList<VolumeStatus>) }, call => call.AnswerAsync(node.Core.Volumes.Shown.Select(volume => VolumeViews.Of(node.Core, volume))));
        api.Get("volumes/{volume}", new("A volume.") { Answers = typeof(VolumeStatus) }, call => call.AnswerAsync(VolumeViews.Of(node.Core, node.Core.Volumes.Require(call.Route("volume")))));
        api.Post("volumes", new("Makes a volume.") { Takes = typeof(CreateVolume), Answers = typeof(CreatedVolume) }, call => CreateAsync(call, node.Core));
        api.Post("volumes/{volume}/copies", new("Says on how many other devices each content is to lie.") { Takes = typeof(CopiesRequest), Answers = typeof(VolumeStatus) }, call => SetCopiesAsync(call, node.Core));
        api.Delete("volumes/{volume}/members/{person}", new("Removes a member."), call => RemoveMemberAsync(call, node.Core));
        api.Post("volumes/{volume}/tickets", new("Makes a ticket by which a person or device becomes a member.") { Takes = typeof(CreateTicket), Answers = typeof(TicketStatus) }, call => InviteAsync(call, node.Core));
        api.Post("join", new("Becomes a member by a ticket.") { Takes = typeof(JoinRequest), Answers = typeof(JoinStatus) }, call => JoinAsync(call, node.Core));
        api.Post("volumes/{volume}/check", new("Looks whether all that is to be here is, and is whole.") { Query = [new("rebuild", "Derives the catalog anew first.", "boolean")], Answers = typeof(CheckStatus) }, call => CheckAsync(call, node.Core));
    }

    private static async Task CreateAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<CreateVolume>().ConfigureAwait(false);
        using var recovery = request.WithRecoveryKey ? RecoveryKey.Create() : null;
        using var onPaper = recovery?.ToPerson(RecoveryName(request.Name));
        IReadOnlyList<PersonCertificate> owners = onPaper is null ? [] : [onPaper.Certificate];
        var volume = await core.Volumes.CreateAsync(request.Name, owners).ConfigureAwait(false);
        core.Sync.Add(volume);
        await call.AnswerAsync(new CreatedVolume(volume.Id.ToHex(), volume.Name, recovery?.ToText())).ConfigureAwait(false);
    }

    private static async Task SetCopiesAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<CopiesRequest>().ConfigureAwait(false);
        var text = request.Copies?.ToString(CultureInfo.InvariantCulture) ?? "";
        if (text.Length > 0 && VolumeSettings.ParseCopies(text) is null)
            throw new PeerDriveException(ErrorKind.Invalid, $"{text} is no number of copies; there may be 1 to {VolumeSettings.MostCopies}.");
        if (VolumeSettings.ParseCopies(text) != volume.Copies)
            await volume.CommitAsync(edit => edit.Administer(new Operation.Setting(VolumeSettings.Copies, text)), Role.Owner).ConfigureAwait(false);
        await call.AnswerAsync(VolumeViews.Of(core, volume)).ConfigureAwait(false);
    }

    private static async Task RemoveMemberAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var person = RequireMember(volume, call.Route("person")).Person;
        await volume.CommitAsync(edit => edit.RemoveMember(person), Role.Owner).ConfigureAwait(false);
        await call.DoneAsync().ConfigureAwait(false);
    }

    private static async Task InviteAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<CreateTicket>().ConfigureAwait(false);
        var role = request.Role switch
        {
            "reader" => Role.Reader,
            "writer" => Role.Writer,
            "owner" => Role.Owner,
            _ => throw new PeerDriveException(ErrorKind.Invalid, $"'{request.Role}' is no role; there are: reader, writer, owner."),
        };
        if (request.ExpiresSeconds <= 0 || request.ExpiresSeconds > LongestInvitation.TotalSeconds)
            throw new PeerDriveException(ErrorKind.Invalid, $"An invitation holds for a second to {LongestInvitation.TotalDays} days.");
        var expires = core.Time.GetUtcNow().AddSeconds(request.ExpiresSeconds);
        var ticket = TicketBook.Issue(volume, role, expires, core.Identity.Device.Device, core.Addresses.Named(request.Addresses));
        await call.AnswerAsync(new TicketStatus(ticket.ToText(), volume.Name, request.Role, ticket.Expires)).ConfigureAwait(false);
    }

    private static async Task JoinAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<JoinRequest>().ConfigureAwait(false);
        if (!Ticket.TryParse(request.Ticket, out var ticket))
            throw new PeerDriveException(ErrorKind.Invalid, "This is not an invitation, or a part of it is missing; copy all of it.");
        var space = LinkRoutes.ParseSpace(request.Space);
        ReplicaPolicy? policy = (request.Policy ?? core.Settings.Current.Policy) is { } text ? ReplicaRoutes.ParsePolicy(text) : null;
        var isNew = core.Volumes.All.All(volume => volume.Id != ticket.Volume);
        if (request.Directory is not null) core.Links.RefuseUnusable(request.Directory);
        var joined = await core.Sync.JoinAsync(ticket, call.Cancellation).ConfigureAwait(false);
        core.Peers.Add(ticket.Inviter, ticket.Addresses);
        var volume = await core.Volumes.OpenAsync(joined.Volume).ConfigureAwait(false);
        volume.Checkpoints.NoteName(joined.Name);
        // Before the exchange begins, which would fetch all.
        if (policy is { } wanted && (isNew || request.Policy is not null)) volume.Replica.SetPolicy(wanted);
        core.Sync.Add(volume);
        var link = request.Directory is { } directory ? await LinkJoinedAsync(core, volume, joined.Name, directory, space).ConfigureAwait(false) : null;
        await call.AnswerAsync(new JoinStatus(joined.Volume.ToHex(), joined.Name, VolumeViews.RoleText(joined.Role), link)).ConfigureAwait(false);
    }

    private static async Task<LinkStatus> LinkJoinedAsync(NodeCore core, Volume volume, string name, string directory, SpaceMode space)
    {
        try
        {
            var (link, _) = await core.Links.AddAsync(volume, "/", directory, space, [], force: false, CancellationToken.None).ConfigureAwait(false);
            return LinkViews.Of(link) with { Risk = LinkViews.RiskOf(link) };
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(e.Kind, $"Volume {name} was joined, but {directory} was not linked to it: {e.Message}", e);
        }
    }

    private static async Task CheckAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var rebuild = call.Flag("rebuild");
        if (core.Jobs.All.Any(job => job is { Kind: "check", IsOver: false } && job.Title == volume.Name))
            throw new PeerDriveException(ErrorKind.Busy, $"Volume {volume.Name} is being checked already; see 'peerdrive jobs'.");
        var healing = core.Sync.Peers().Any(peer => peer.IsOnline && peer.Volumes.Contains(volume.Id)) ? Healing : TimeSpan.Zero;
        var found = await core.Jobs.RunAsync(new KeptJob("check", volume.Name, $"peerdrive check {volume.Name}"), "bytes", Check).ConfigureAwait(false);
        await call.AnswerAsync(new CheckStatus(
            found.Chunks, found.Bytes, found.Paths, found.HealedChunks, found.Problems,
            found.Problems.Count == 0 && found.HealedChunks == found.DamagedChunks)).ConfigureAwait(false);

        Task<CheckResult> Check(Job job, CancellationToken cancellation) => new VolumeCheck(volume, core.Time).RunAsync(rebuild, healing, job.Report, cancellation);
    }

    private static Member RequireMember(Volume volume, string text)
    {
        var all = volume.Members.All;
        var found = all.Where(member => member.Certificate.Name == text).ToList();
        if (found.Count == 0 && text.Length >= 4) found = [.. all.Where(member => member.Person.ToHex().StartsWith(text, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PeerDriveException(ErrorKind.NotFound, $"'{text}' is no member of {volume.Name}; there are: {string.Join(", ", all.Take(20).Select(member => member.Certificate.Name))}."),
            _ => throw new PeerDriveException(ErrorKind.Conflict, $"'{text}' may be several members: {string.Join(", ", found.Select(member => member.Person.ToHex()))}. Use an id."),
        };
    }

    /// <summary>A certificate's name has at most 64 characters.</summary>
    private static string RecoveryName(string volume) => $"recovery key of {(volume.Length <= 40 ? volume : volume[..40])}";
}
