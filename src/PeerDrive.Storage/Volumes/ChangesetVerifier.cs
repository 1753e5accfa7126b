using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.Volumes;

/// <summary>Judges changesets that come from outside before anything of them is believed. The caller holds the catalog's gate.</summary>
internal sealed class ChangesetVerifier(VolumeId volume, VolumeCatalog catalog, VolumeMembers members)
{
    /// <summary>Why a changeset is refused; null when it is right.</summary>
    /// <param name="isGap">It is only too early: something that it builds on has not come yet.</param>
    public string? Refusal(Changeset changeset, out bool isGap)
    {
        isGap = false;
        var header = changeset.Header;
        if (header.Volume != volume) return "wrong volume: a changeset belongs to another volume";
        if (header.KeyEpoch != 0) return "unsupported key epoch: this version knows no sealed volumes";
        ulong lamport = 0;
        if (header.Sequence > 1)
        {
            if (catalog.Chains.Find(header.Previous) is not { } previous)
            {
                isGap = true;
                return "gap: the author's previous changeset is missing";
            }
            if ((ulong)previous.Sequence != header.Sequence - 1 || catalog.Chains.Chain(previous.Chain).Author != header.Author)
                return "broken chain: the previous changeset is not the author's last";
            lamport = previous.Lamport;
        }
        foreach (var tip in header.Dependencies)
        {
            if (catalog.Chains.Find(tip.Hash) is not { } dependency)
            {
                isGap = true;
                return "gap: a changeset that this one depends on is missing";
            }
            if ((ulong)dependency.Sequence != tip.Sequence || catalog.Chains.Chain(dependency.Chain).Author != tip.Author || tip.Author == header.Author)
                return "false dependency: a tip is not what its hash says";
            lamport = Math.Max(lamport, dependency.Lamport);
        }
        if (header.Lamport != lamport + 1) return "wrong Lamport time";
        try
        {
            if (catalog.Lacked.Count == 0 && changeset.Body.Operations.Any(operation => operation is Operation.Unknown))
                return "malformed: an operation of an unknown kind";
            if (CertificateFor(changeset) is not { } certificate) return "unknown device: no member has vouched for the changeset's author";
            if (!changeset.IsSignedBy(certificate.Key)) return "forged signature: a changeset is not signed by its author";
            return members.Refusal(changeset) is { } why ? $"not allowed: {why}" : null;
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            return $"malformed: {e.Message}";
        }
    }

    /// <summary>The chain that a changeset continues; a new one when it begins its author's log or forks it.</summary>
    public long ChainFor(Changeset changeset)
    {
        var header = changeset.Header;
        if (header.Sequence == 1) return catalog.Chains.Begin(header.Author, header.Device, null, 0);
        var previous = catalog.Chains.Require(header.Previous);
        return catalog.Chains.Chain(previous.Chain).Hash == header.Previous
            ? previous.Chain
            : catalog.Chains.Begin(header.Author, header.Device, previous.Chain, previous.Sequence);
    }

    private DeviceCertificate? CertificateFor(Changeset changeset)
    {
        var device = changeset.Header.Device;
        return members.CertificateOf(device)
            ?? changeset.Body.Operations.OfType<Operation.Device>().Select(operation => operation.Certificate).FirstOrDefault(certificate => certificate.Device == device);
    }
}
