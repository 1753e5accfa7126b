using System.Collections.Immutable;
using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>Puts operations into changesets of this device, seals each when it is full, and appends it to the log.</summary>
internal sealed class ChangesetWriter(VolumeId volume, VolumeCatalog catalog, ChangesetLog log, DeviceKey device, AuthorId author, ulong incarnation, long time)
{
    /// <summary>Room for a body's time and lengths.</summary>
    private const int BodySlack = 1024;

    private readonly List<Operation> operations = [];
    private readonly List<Changeset> administrative = [];
    private ChangesetRow row;
    private ImmutableArray<Tip> dependencies;
    private int bytes;

    /// <summary>Operations so far, in all changesets.</summary>
    public int Count { get; private set; }

    /// <summary>Sealed changesets that change members, or what else owners decide.</summary>
    public IReadOnlyList<Changeset> Administrative => administrative;

    public void Add(Operation operation)
    {
        var size = ChangesetCodec.SizeOf(operation);
        if (operations.Count > 0 && (operations.Count == ModelLimits.Operations || bytes + size > ModelLimits.BodyBytes - BodySlack)) Seal();
        if (operations.Count == 0) Begin();
        if (operation is Operation.Revise revise) catalog.Building[revise.Revision.Id] = revise.Revision;
        catalog.ApplyOperation(row, operations.Count, operation);
        operations.Add(operation);
        bytes += size;
        Count++;
    }

    /// <summary>Ends the last changeset; nothing happens when there is none.</summary>
    public void Seal()
    {
        if (operations.Count == 0) return;
        var previous = catalog.Chains.Find(row.Chain, row.Sequence - 1)?.Hash ?? default;
        var header = new ChangesetHeader(
            volume, 0, device.Device, incarnation, (ulong)row.Sequence, previous, row.Lamport, dependencies, 0, default);
        var changeset = Changeset.Create(header, new ChangesetBody(time, [.. operations]), device);
        var position = log.Append(changeset);
        var isMembership = operations.Any(VolumeCatalog.IsMembership);
        catalog.Chains.Complete(row, changeset.Hash, position, isMembership);
        if (isMembership || operations.Any(operation => operation is Operation.Setting)) administrative.Add(changeset);
        operations.Clear();
        catalog.Building.Clear();
        bytes = 0;
    }

    private void Begin()
    {
        var own = catalog.Chains.Of(author);
        var chain = own.Count > 0 ? own[0].Id : catalog.Chains.Begin(author, device.Device, null, 0);
        var sequence = own.Count > 0 ? own[0].Sequence + 1 : 1;
        var known = catalog.Chains.Find(chain, sequence - 1) is { } previous ? catalog.Chains.VectorOf(previous) : new Dictionary<long, long>();
        var changed = catalog.Chains.All()
            .Where(other => other.Id != chain && other.Sequence > 0 && (!known.TryGetValue(other.Id, out var seen) || seen < other.Sequence)).ToList();
        row = catalog.Chains.Add(chain, sequence, default, (long)catalog.Chains.MaxLamport() + 1, time, log.End, isVoid: false, isMembership: false);
        foreach (var other in changed) catalog.Chains.AddDependency(row, other.Id, other.Sequence);
        dependencies = [.. changed.Select(other => other.Tip)];
    }
}
