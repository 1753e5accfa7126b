using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Identity;

/// <summary>
/// The identity directory: <c>device.pem</c> (key and certificate of this device) and <c>person.pem</c> (certificate of its person, and
/// the person's key when it was made or imported here). Each file is replaced as a whole. Not thread-safe; the data directory's lock
/// keeps other processes out.
/// </summary>
public sealed class IdentityStore : IDisposable
{
    private const string Next = ".next";

    private readonly string directory;
    private readonly FileSync sync;

    private IdentityStore(string directory, FileSync sync, DeviceIdentity device, PersonCertificate certificate, PersonIdentity? person)
    {
        this.directory = directory;
        this.sync = sync;
        Device = device;
        PersonCertificate = certificate;
        Person = person;
    }

    public DeviceIdentity Device { get; private set; }

    public PersonCertificate PersonCertificate { get; private set; }

    /// <summary>The person with its key; null on a device that only has the person's certificate.</summary>
    public PersonIdentity? Person { get; private set; }

    private static string DeviceFile(string directory) => Path.Combine(directory, "device.pem");

    private static string PersonFile(string directory) => Path.Combine(directory, "person.pem");

    /// <summary>Opens the identity in a directory, or makes a person and a device when there is none.</summary>
    /// <param name="personName">For a new person; 1 to 64 characters.</param>
    /// <param name="deviceName">For a new device; 1 to 64 characters.</param>
    /// <exception cref="PeerDriveException">Forbidden: others may read the files. Corrupt: a file is damaged or does not fit the other.</exception>
    public static IdentityStore Open(string directory, string personName, string deviceName, FileSync sync)
    {
        PrivateFile.OpenDirectory(directory);
        FinishAdoption(directory, sync);
        var storedPerson = PrivateFile.Read(PersonFile(directory));
        var storedDevice = PrivateFile.Read(DeviceFile(directory));
        if (storedPerson is null && storedDevice is not null)
            throw new PeerDriveException(ErrorKind.Corrupt, $"{PersonFile(directory)} is missing beside device.pem; restore it from a backup.");
        PersonIdentity? person = null;
        DeviceIdentity? device = null;
        try
        {
            // The person is written first: a crash between the two files leaves a person for whom a device is made at the next start.
            var certificate = storedPerson is null
                ? (person = MakePerson(directory, personName, sync)).Certificate
                : ReadPerson(directory, storedPerson, out person);
            device = storedDevice is null
                ? MakeDevice(directory, person, deviceName, sync)
                : ReadDevice(directory, storedDevice);
            if (!device.Certificate.IsSignedBy(certificate)) device = SignAgain(directory, device, person, sync);
            return new IdentityStore(directory, sync, device, certificate, person);
        }
        catch
        {
            person?.Dispose();
            device?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes this a device of another person, whose key was imported: keeps the device's key and signs its certificate again. The former
    /// person's key is kept beside, in a file of its own.
    /// </summary>
    /// <param name="person">Owned by the store from here on.</param>
    public void Adopt(PersonIdentity person) => Adopt(person, Device.SignedBy(person));

    /// <summary>Becomes another device of another person, both at once: a crash leaves either the former two or the new two.</summary>
    /// <param name="person">Owned by the store from here on, as is <paramref name="device"/>, which it signed.</param>
    public void Adopt(PersonIdentity person, DeviceIdentity device)
    {
        if (Person is { } former && former.Person != person.Person)
            PrivateFile.Write(Path.Combine(directory, $"former-{former.Person.ToHex()[..16]}.pem"), Encoding.ASCII.GetBytes(former.ToPem()), sync);
        PrivateFile.Write(DeviceFile(directory) + Next, Encoding.ASCII.GetBytes(device.ToPem()), sync);
        PrivateFile.Write(PersonFile(directory) + Next, Encoding.ASCII.GetBytes(person.ToPem()), sync);
        FinishAdoption(directory, sync);
        Device.Dispose();
        Person?.Dispose();
        (Device, Person, PersonCertificate) = (device, person, person.Certificate);
    }

    public void Dispose()
    {
        Device.Dispose();
        Person?.Dispose();
    }

    /// <summary>The person's next file is written last and says that both are whole.</summary>
    private static void FinishAdoption(string directory, FileSync sync)
    {
        var (person, device) = (PersonFile(directory) + Next, DeviceFile(directory) + Next);
        if (!File.Exists(person))
        {
            File.Delete(device);
            return;
        }
        if (File.Exists(device)) File.Move(device, DeviceFile(directory), overwrite: true);
        sync.Directory(directory);
        File.Move(person, PersonFile(directory), overwrite: true);
        sync.Directory(directory);
    }

    private static PersonIdentity MakePerson(string directory, string name, FileSync sync)
    {
        var person = PersonIdentity.Create(name);
        PrivateFile.Write(PersonFile(directory), Encoding.ASCII.GetBytes(person.ToPem()), sync);
        return person;
    }

    private static PersonCertificate ReadPerson(string directory, byte[] stored, out PersonIdentity? person)
    {
        var path = PersonFile(directory);
        var (key, der) = KeyFile.Parse(path, stored);
        var certificate = PersonCertificate.Decode(der);
        person = key is null ? null : new PersonIdentity(key, certificate);
        return key is null || KeyFile.Belongs(key, certificate.Key) ? certificate : throw KeyFile.Damaged(path, null);
    }

    private static DeviceIdentity MakeDevice(string directory, PersonIdentity? person, string name, FileSync sync)
    {
        if (person is null)
            throw new PeerDriveException(ErrorKind.Corrupt, $"{DeviceFile(directory)} is missing, and the person's key is not here to make a new device; import it first.");
        var device = DeviceIdentity.Create(person, name);
        PrivateFile.Write(DeviceFile(directory), Encoding.ASCII.GetBytes(device.ToPem()), sync);
        return device;
    }

    private static DeviceIdentity ReadDevice(string directory, byte[] stored)
    {
        var path = DeviceFile(directory);
        var (key, der) = KeyFile.Parse(path, stored);
        if (key is null) throw KeyFile.Damaged(path, null);
        var certificate = DeviceCertificate.Decode(der);
        return KeyFile.Belongs(key, certificate.Key) ? new DeviceIdentity(key, certificate) : throw KeyFile.Damaged(path, null);
    }

    // A person's file that was put there by hand stands beside a device that the former one signed.
    private static DeviceIdentity SignAgain(string directory, DeviceIdentity device, PersonIdentity? person, FileSync sync)
    {
        using (device)
        {
            if (person is null)
                throw new PeerDriveException(ErrorKind.Corrupt, $"The device in {directory} is not signed by its person, whose key is not here; import the person again.");
            var signed = device.SignedBy(person);
            PrivateFile.Write(DeviceFile(directory), Encoding.ASCII.GetBytes(signed.ToPem()), sync);
            return signed;
        }
    }
}
