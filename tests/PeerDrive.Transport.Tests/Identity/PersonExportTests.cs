using System.Buffers.Binary;
using System.Security.Cryptography;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Identity;

public sealed class PersonExportTests : IDisposable
{
    private const string Passphrase = "correct horse battery staple";
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");

    public void Dispose() => person.Dispose();

    [Fact]
    public void A_person_comes_back_under_its_passphrase_and_can_sign()
    {
        using var back = PersonExport.Read("some mail header\r\n\r\n" + PersonExport.Write(person, Passphrase), Passphrase);
        Assert.Equal(person.Certificate, back.Certificate);
        using var device = DeviceIdentity.Create(back, "laptop");
        Assert.True(device.Certificate.IsSignedBy(person.Certificate));
    }

    [Fact]
    public void A_wrong_passphrase_and_a_changed_file_give_the_same_error()
    {
        var text = PersonExport.Write(person, Passphrase);
        var wrong = Assert.Throws<PeerDriveException>(() => PersonExport.Read(text, Passphrase + "r"));
        Assert.Equal(ErrorKind.Forbidden, wrong.Kind);
        // Salt, nonce, content, tag.
        foreach (var at in new[] { 6, 22, 60, ^1 })
        {
            var changed = Assert.Throws<PeerDriveException>(() => PersonExport.Read(Change(text, b => b[at] ^= 1), Passphrase));
            Assert.Equal(wrong.Kind, changed.Kind);
            Assert.Equal(wrong.Message, changed.Message);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(10_000_001u)]
    [InlineData(uint.MaxValue)]
    public void An_absurd_cost_is_refused_before_it_is_paid(uint iterations)
    {
        var text = Change(PersonExport.Write(person, Passphrase), b => BinaryPrimitives.WriteUInt32LittleEndian(b.AsSpan(2), iterations));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => PersonExport.Read(text, Passphrase)).Kind);
    }

    [Fact]
    public void A_newer_version_is_named()
    {
        var text = Change(PersonExport.Write(person, Passphrase), b => b[0] = 2);
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<PeerDriveException>(() => PersonExport.Read(text, Passphrase)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN PEERDRIVE PERSON-----\nAAAA\n-----END PEERDRIVE PERSON-----")]
    public void What_is_no_export_is_refused(string text) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => PersonExport.Read(text, Passphrase)).Kind);

    [Fact]
    public void An_empty_passphrase_is_refused() =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => PersonExport.Write(person, "  ")).Kind);

    private static string Change(string text, Action<byte[]> change)
    {
        var bytes = Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
        change(bytes);
        return PemEncoding.WriteString("PEERDRIVE PERSON", bytes);
    }
}
