using PeerDrive.Model.Errors;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Identity;

public sealed class IdentityStoreTests : IDisposable
{
    private const UnixFileMode Mode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("identity");
    private readonly List<string> synced = [];

    private string Place => Path.Combine(root.FullName, "identity");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void An_identity_is_made_once_and_opened_again()
    {
        using var made = Open();
        using var again = Open();
        Assert.Equal(made.Device.Device, again.Device.Device);
        Assert.Equal(made.Device.Certificate, again.Device.Certificate);
        Assert.Equal(made.PersonCertificate, again.PersonCertificate);
        Assert.NotNull(again.Person);
        Assert.Equal("Ann", again.PersonCertificate.Name);
        Assert.Equal("laptop", again.Device.Certificate.Name);
        Assert.True(again.Device.Certificate.IsSignedBy(again.PersonCertificate));
        var signature = again.Device.Key.Sign("x"u8);
        Assert.True(made.Device.Certificate.Key.Verify("x"u8, signature));
    }

    [Fact]
    public void Keys_are_for_their_owner_alone_and_synced()
    {
        Open().Dispose();
        Assert.Equal(Mode600 | UnixFileMode.UserExecute, File.GetUnixFileMode(Place));
        var files = Directory.GetFiles(Place);
        Assert.Equal(["device.pem", "person.pem"], files.Select(f => Path.GetFileName(f)).Order());
        Assert.All(files, f => Assert.Equal(Mode600, File.GetUnixFileMode(f)));
        Assert.Equal(["file", Place, "file", Place], synced);
    }

    [Theory]
    [InlineData("device.pem", UnixFileMode.GroupRead)]
    [InlineData("person.pem", UnixFileMode.OtherRead)]
    [InlineData("", UnixFileMode.GroupExecute)]
    public void What_others_may_reach_is_refused_and_the_message_says_what_to_run(string file, UnixFileMode extra)
    {
        Open().Dispose();
        var path = file.Length == 0 ? Place : Path.Combine(Place, file);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | extra);
        var refused = Assert.Throws<PeerDriveException>(Open);
        Assert.Equal(ErrorKind.Forbidden, refused.Kind);
        Assert.Contains("chmod", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adopting_a_person_keeps_the_device_and_signs_it_again()
    {
        using var store = Open();
        var device = store.Device.Device;
        var other = PersonIdentity.Create("Ann elsewhere");
        var person = other.Person;
        store.Adopt(other);
        using var again = Open();
        foreach (var one in new[] { store, again })
        {
            Assert.Equal(device, one.Device.Device);
            Assert.Equal(person, one.PersonCertificate.Person);
            Assert.True(one.Device.Certificate.IsSignedBy(one.PersonCertificate));
        }
    }

    [Fact]
    public void A_crash_between_the_two_files_is_repaired_at_the_next_start()
    {
        Open().Dispose();
        using var other = PersonIdentity.Create("Bob");
        File.WriteAllText(Path.Combine(Place, "person.pem"), other.ToPem());
        using (var healed = Open()) Assert.True(healed.Device.Certificate.IsSignedBy(other.Certificate));
        File.Delete(Path.Combine(Place, "device.pem"));
        using var remade = Open();
        Assert.Equal(other.Person, remade.PersonCertificate.Person);
    }

    [Fact]
    public void A_crash_while_another_person_is_adopted_leaves_one_whole_identity()
    {
        Open().Dispose();
        using var other = PersonIdentity.Create("Bob");
        using var device = DeviceIdentity.Create(other, "laptop");
        File.WriteAllText(Path.Combine(Place, "device.pem.next"), device.ToPem());
        File.SetUnixFileMode(Path.Combine(Place, "device.pem.next"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var kept = Open()) Assert.Equal("Ann", kept.PersonCertificate.Name);
        Assert.False(File.Exists(Path.Combine(Place, "device.pem.next")));
        foreach (var done in new[] { false, true })
        {
            File.WriteAllText(Path.Combine(Place, done ? "device.pem" : "device.pem.next"), device.ToPem());
            File.WriteAllText(Path.Combine(Place, "person.pem.next"), other.ToPem());
            foreach (var file in Directory.GetFiles(Place)) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var finished = Open();
            Assert.Equal((other.Person, device.Device), (finished.PersonCertificate.Person, finished.Device.Device));
        }
    }

    [Fact]
    public void The_key_of_the_former_person_is_kept()
    {
        using var store = Open();
        var former = store.Person!.ToPem();
        store.Adopt(PersonIdentity.Create("Bob"));
        Assert.Equal(former, File.ReadAllText(Assert.Single(Directory.GetFiles(Place, "former-*.pem"))));
    }

    [Fact]
    public void A_device_may_be_without_its_persons_key()
    {
        Open().Dispose();
        var path = Path.Combine(Place, "person.pem");
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text[text.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal)..]);
        using var store = Open();
        Assert.Null(store.Person);
        Assert.Equal("Ann", store.PersonCertificate.Name);
    }

    [Fact]
    public void A_damaged_or_missing_file_is_reported_and_never_replaced()
    {
        Open().Dispose();
        var path = Path.Combine(Place, "device.pem");
        var whole = File.ReadAllText(path);
        foreach (var damaged in new[] { "", "garbage", whole[..(whole.Length / 2)], whole.Replace("PRIVATE KEY", "PUBLIC KEY", StringComparison.Ordinal) })
        {
            File.WriteAllText(path, damaged);
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(Open).Kind);
            Assert.Equal(damaged, File.ReadAllText(path));
        }
        File.WriteAllText(path, whole);
        File.Delete(Path.Combine(Place, "person.pem"));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(Open).Kind);
    }

    [Fact]
    public void A_key_that_does_not_fit_its_certificate_is_damage()
    {
        Open().Dispose();
        using var other = PersonIdentity.Create("Bob");
        var path = Path.Combine(Place, "person.pem");
        var mine = File.ReadAllText(path);
        var theirs = other.ToPem();
        const string Certificate = "-----BEGIN CERTIFICATE";
        File.WriteAllText(path, theirs[..theirs.IndexOf(Certificate, StringComparison.Ordinal)] + mine[mine.IndexOf(Certificate, StringComparison.Ordinal)..]);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(Open).Kind);
    }

    [Fact]
    public void A_sync_that_fails_leaves_no_half_identity()
    {
        var failing = new FileSync(_ => throw new PeerDriveException(ErrorKind.Io, "EIO"), _ => { });
        Assert.Equal(ErrorKind.Io, Assert.Throws<PeerDriveException>(() => IdentityStore.Open(Place, "Ann", "laptop", failing)).Kind);
        Open().Dispose();
    }

    private IdentityStore Open() =>
        IdentityStore.Open(Place, "Ann", "laptop", new FileSync(_ => synced.Add("file"), synced.Add));
}
