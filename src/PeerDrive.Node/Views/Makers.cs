using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Who made changes, as people name them.</summary>
internal static class Makers
{
    /// <summary>The devices with a name, or whose id begins so.</summary>
    /// <exception cref="PeerDriveException">NotFound.</exception>
    public static IReadOnlySet<DeviceId> OfDevice(Volume volume, string text) => Some(
        volume.History.Devices().Where(device => IsDevice(volume, device, text)), $"No device '{text}' changed anything in volume {volume.Name}; 'peerdrive log' names those that did.");

    /// <summary>All devices of the persons with a name, or whose id begins so.</summary>
    /// <inheritdoc cref="OfDevice" path="/exception"/>
    public static IReadOnlySet<DeviceId> OfPerson(Volume volume, string text) => Some(
        volume.History.Devices().Where(device => IsPerson(volume, device, text)), $"No device of a person '{text}' changed anything in volume {volume.Name}.");

    /// <summary>Either.</summary>
    /// <inheritdoc cref="OfDevice" path="/exception"/>
    public static IReadOnlySet<DeviceId> Of(Volume volume, string text) => Some(
        volume.History.Devices().Where(device => IsDevice(volume, device, text) || IsPerson(volume, device, text)), $"Nobody and no device called '{text}' changed anything in volume {volume.Name}.");

    /// <summary>The name of the person for whom a device acts; empty when nobody knows.</summary>
    public static string PersonOf(Volume volume, DeviceId device) =>
        volume.Members.PersonOf(device) is { } person ? volume.Members.All.FirstOrDefault(member => member.Person == person)?.Certificate.Name ?? person.ToString() : "";

    private static bool IsDevice(Volume volume, DeviceId device, string text) =>
        volume.Members.DeviceName(device).Equals(text, StringComparison.OrdinalIgnoreCase) || IsStart(device.ToString(), device.ToHex(), text);

    private static bool IsPerson(Volume volume, DeviceId device, string text) =>
        volume.Members.PersonOf(device) is { } person && (PersonOf(volume, device).Equals(text, StringComparison.OrdinalIgnoreCase) || IsStart(person.ToString(), person.ToHex(), text));

    private static bool IsStart(string shown, string hex, string text) =>
        text.Length >= 4 && (shown.StartsWith(text, StringComparison.OrdinalIgnoreCase) || hex.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    private static HashSet<DeviceId> Some(IEnumerable<DeviceId> found, string otherwise)
    {
        var devices = found.ToHashSet();
        return devices.Count > 0 ? devices : throw new PeerDriveException(ErrorKind.NotFound, otherwise);
    }
}
