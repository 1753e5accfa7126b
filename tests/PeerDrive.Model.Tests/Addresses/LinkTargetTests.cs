using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Addresses;

public sealed class LinkTargetTests
{
    private static readonly VolumeId Own = VolumeId.Read(Bytes(1, 16)), Other = VolumeId.Read(Bytes(2, 16));
    private static readonly DocumentId Document = DocumentId.Read(Bytes(3, 16));
    private static readonly RevisionId Revision = RevisionId.Read(Bytes(4, 32));

    [Fact]
    public void Targets_have_just_these_bytes()
    {
        Assert.Equal(Bytes(3, 16), LinkTarget.Of(Own, Own, Document, null).Encode().Span.ToArray());
        Assert.Equal(Bytes(4, 32), LinkTarget.Of(Own, Own, Document, Revision).Encode().Span.ToArray());
        Assert.Equal([1, .. Bytes(2, 16), .. Bytes(3, 16)], LinkTarget.Of(Own, Other, Document, null).Encode().Span.ToArray());
        Assert.Equal([1, .. Bytes(2, 16), .. Bytes(3, 16), .. Bytes(4, 32)], LinkTarget.Of(Own, Other, Document, Revision).Encode().Span.ToArray());
    }

    [Fact]
    public void What_was_encoded_is_read_again()
    {
        foreach (var target in new[] { new LinkTarget(null, Document, null), new LinkTarget(null, null, Revision), new LinkTarget(Other, Document, null), new LinkTarget(Other, Document, Revision) })
            Assert.Equal(target, LinkTarget.Parse(target.Encode().Span));
        Assert.Equal(ErrorKind.Internal, Assert.Throws<PeerDriveException>(() => new LinkTarget(Other, null, Revision).Encode()).Kind);
    }

    [Fact]
    public void Bytes_of_another_form_say_nothing_and_harm_nothing()
    {
        var random = new Random(5);
        for (var length = 0; length <= 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            if (length > 0) bytes[0] = (byte)(length % 2);
            var target = LinkTarget.Parse(bytes);
            Assert.Equal(length is 16 or 32 || (length is 33 or 65 && bytes[0] == 1), target is not null);
            if (target is not null) Assert.Equal(bytes, target.Encode().Span.ToArray());
        }
        Assert.Null(LinkTarget.Parse([2, .. Bytes(2, 16), .. Bytes(3, 16)]));
    }

    private static byte[] Bytes(byte value, int count) => [.. Enumerable.Repeat(value, count)];
}
