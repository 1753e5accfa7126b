using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Tests.Encoding;
using PeerDrive.Model.Tests.Identity;

namespace PeerDrive.Model.Tests.Changesets;

public sealed class ChangesetTests
{
    private static readonly TestPerson Alice = new("Alice");
    private static readonly DeviceKey Key = Alice.NewDevice("laptop");
    private static readonly Changeset Made = Changeset.Create(Samples.First with { Device = Key.Device }, Samples.Body, Key);

    [Fact]
    public void A_changeset_is_read_back_from_its_parts_and_verifies_with_its_makers_key()
    {
        var read = Changeset.FromParts(Made.HeaderBytes, Made.Signature, Made.BodyBytes);
        Assert.Equal((Made.Hash, Made.Tip, Made.Header.Author), (read.Hash, read.Tip, read.Header.Author));
        Assert.True(read.IsSignedBy(Key.Certificate.Key));
        Assert.Equal(Samples.Body.Operations.Length, read.Body.Operations.Length);
        Assert.False(read.IsSignedBy(Samples.Device.Key));
    }

    [Fact]
    public void A_flipped_bit_in_header_or_signature_breaks_the_signature_or_the_form()
    {
        for (var at = 0; at < Made.HeaderBytes.Length; at++)
        {
            var header = Made.HeaderBytes.ToArray();
            header[at] ^= 1;
            try
            {
                Assert.False(Changeset.FromParts(header, Made.Signature, Made.BodyBytes).IsSignedBy(Key.Certificate.Key));
            }
            catch (PeerDriveException e)
            {
                Assert.Equal(ErrorKind.Corrupt, e.Kind);
            }
        }
        var signature = Made.Signature.ToArray();
        signature[63] ^= 1;
        Assert.False(Changeset.FromParts(Made.HeaderBytes, signature, Made.BodyBytes).IsSignedBy(Key.Certificate.Key));
    }

    [Fact]
    public void Another_body_or_a_signature_of_another_length_is_refused()
    {
        var body = Made.BodyBytes.ToArray();
        body[^1] ^= 1;
        Assert.Throws<PeerDriveException>(() => Changeset.FromParts(Made.HeaderBytes, Made.Signature, body));
        Assert.Throws<PeerDriveException>(() => Changeset.FromParts(Made.HeaderBytes, Made.Signature, Made.BodyBytes[..^1]));
        Assert.Throws<PeerDriveException>(() => Changeset.FromParts(Made.HeaderBytes, Made.Signature[..63], Made.BodyBytes));
    }
}
