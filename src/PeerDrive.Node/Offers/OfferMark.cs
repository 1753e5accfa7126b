using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Offers;

/// <summary>Kept with a replica that is here as an offer: nothing that comes from others makes a volume one, or none.</summary>
/// <param name="Group">The volume to whose members it is offered.</param>
/// <param name="Device">Who offered it; this device's own when it is its owner here.</param>
internal sealed record OfferMark(VolumeId Group, DeviceId Device)
{
    private const string Key = "offer";

    /// <summary>Null: it is no offer.</summary>
    public static OfferMark? Of(Volume volume)
    {
        lock (volume.State.Gate)
        {
            using var select = volume.State.Prepare("SELECT value FROM settings WHERE key = ?").Bind(Key);
            if (!select.Step()) return null;
            var bytes = select.Blob(0);
            if (bytes.Length != VolumeId.Size + DeviceId.Size) return null;
            return new OfferMark(VolumeId.Read(bytes), DeviceId.Read(bytes[VolumeId.Size..]));
        }
    }

    public void WriteTo(Volume volume)
    {
        byte[] bytes = [.. Group.ToBytes(), .. Device.ToBytes()];
        lock (volume.State.Gate) volume.State.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(Key).Bind(bytes).Run();
    }
}
