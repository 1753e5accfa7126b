using System.Net;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Sync.Presence;

namespace PeerDrive.Sync.Sessions;

/// <summary>Puts together what is known of other devices: from connections, from dialling, from presence records. Used under the engine's gate.</summary>
internal sealed class PeerOverview(
    DeviceId own, TimeProvider time, IReadOnlyDictionary<DeviceId, PeerSession> sessions, IReadOnlyDictionary<DeviceId, PeerDialing> dialing,
    IReadOnlyDictionary<DeviceId, PeerTraffic> ended, IReadOnlyList<VolumeRun> runs)
{
    private readonly Dictionary<VolumeRun, byte[]> digests = [];

    /// <summary>Sorted by DeviceId.</summary>
    public IReadOnlyList<PeerState> All()
    {
        var told = runs.SelectMany(run => run.Presence.Entries.Where(entry => IsMember(run, entry.Record.Device)).Select(entry => (Run: run, Entry: entry)))
            .Where(each => each.Entry.Record.Device != own).ToLookup(each => each.Entry.Record.Device);
        return [.. sessions.Keys.Union(dialing.Keys).Union(told.Select(each => each.Key)).Order().Select(peer => Of(peer, [.. told[peer]]))];
    }

    private static bool IsMember(VolumeRun run, DeviceId device) => run.Volume.Members.RoleOf(device) != Role.None;

    private PeerState Of(DeviceId peer, IReadOnlyList<(VolumeRun Run, PresenceEntry Entry)> told)
    {
        sessions.TryGetValue(peer, out var session);
        dialing.TryGetValue(peer, out var dial);
        var traffic = ended.GetValueOrDefault(peer);
        if (session is not null) traffic = traffic.With(session.Connection);
        var heard = told.Max(each => (DateTimeOffset?)each.Entry.Heard);
        var fresh = told.Where(each => each.Run.Presence.IsFresh(each.Entry)).Select(each => each.Entry).MaxBy(entry => entry.Alive);
        var certificate = session?.Connection.RemoteCertificate ?? runs.Select(run => run.Volume.Members.CertificateOf(peer)).FirstOrDefault(found => found is not null);
        var addresses = (dial?.Addresses ?? []).Union(told.SelectMany(each => each.Entry.Record.Addresses)).Take(SyncLimits.AddressesPerDevice).ToList();
        return new PeerState(
            peer, certificate?.Name ?? peer.ToHex()[..8], session is not null ? session.PersonName : PersonName(peer), session is not null || fresh is not null,
            session?.Connection.RemoteEndPoint ?? addresses.FirstOrDefault(), session is not null ? time.GetUtcNow() : Later(dial?.LastSeen, heard),
            traffic.Sent, traffic.Received, session is null ? dial?.Problem : null, session?.Volumes ?? [])
        {
            IsConnected = session is not null,
            Via = session is null ? fresh?.Via : null,
            Addresses = addresses,
            Shares = [.. runs.Where(run => IsMember(run, peer)).Select(run => ShareOf(run, session, told.FirstOrDefault(each => each.Run == run).Entry, peer))],
        };
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private string PersonName(DeviceId device)
    {
        foreach (var members in runs.Select(run => run.Volume.Members))
        {
            if (members.PersonOf(device) is { } person && members.All.FirstOrDefault(member => member.Person == person) is { } member) return member.Certificate.Name;
        }
        return "";
    }

    private PeerVolumeState ShareOf(VolumeRun run, PeerSession? session, PresenceEntry? entry, DeviceId peer)
    {
        var ours = run.Volume.Vector;
        var role = run.Volume.Members.RoleOf(peer);
        var (_, theirs) = session?.TheirVectorOf(run.Volume.Id) ?? default;
        // What a connection brought is later than the last record, until another record comes.
        theirs ??= entry?.Alive is null ? run.Told.GetValueOrDefault(peer) : null;
        if (theirs is not null)
        {
            var (behind, ahead) = (Beyond(ours, theirs), Beyond(theirs, ours));
            return new PeerVolumeState(run.Volume.Id, role, entry?.Record.Policy, behind + ahead == 0, behind, ahead, session is null ? entry?.Heard : time.GetUtcNow());
        }
        if (entry is null) return new PeerVolumeState(run.Volume.Id, role, null, null, null, null, null);
        var isInStep = entry.Record.Vector.Span.SequenceEqual(DigestOf(run, ours));
        var difference = unchecked((long)(PresenceRecord.CountOf(ours) - entry.Record.Changesets));
        return new PeerVolumeState(
            run.Volume.Id, role, entry.Record.Policy, isInStep, isInStep ? 0 : Math.Max(0, difference), isInStep ? 0 : Math.Max(0, -difference),
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(entry.Record.Time, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())));
    }

    private byte[] DigestOf(VolumeRun run, VersionVector ours)
    {
        if (!digests.TryGetValue(run, out var digest)) digests[run] = digest = PresenceRecord.Digest(ours);
        return digest;
    }

    /// <summary>Changesets in one that the other has not.</summary>
    private static long Beyond(VersionVector one, VersionVector other) => one.Tips
        .Where(tip => !other[tip.Author].Contains(tip) && (other.SequenceOf(tip.Author) <= tip.Sequence || other.IsForked(tip.Author)))
        .Sum(tip => Math.Max(1, (long)tip.Sequence - (long)other.SequenceOf(tip.Author)));
}
