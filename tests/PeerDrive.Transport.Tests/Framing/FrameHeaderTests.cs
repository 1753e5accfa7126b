using PeerDrive.Model.Errors;
using PeerDrive.Transport.Framing;

namespace PeerDrive.Transport.Tests.Framing;

public sealed class FrameHeaderTests
{
    [Fact]
    public void The_bytes_of_a_header_are_frozen()
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(0x010203, 0x0405, FrameType.Application, Priority.Bulk).WriteTo(bytes);
        Assert.Equal("03020100" + "05040000" + "00" + "02" + "0000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Whatever_the_bytes_a_header_is_within_the_caps_or_refused_and_allocates_nothing_large()
    {
        var random = new Random(3);
        var bytes = new byte[FrameHeader.Size];
        for (var i = 0; i < 200_000; i++)
        {
            random.NextBytes(bytes);
            // Small numbers reach the later checks.
            for (var at = 1; at < bytes.Length; at++)
            {
                if (random.Next(3) > 0) bytes[at] = 0;
            }
            var authorized = random.Next(2) == 0;
            try
            {
                var header = FrameHeader.Read(bytes, authorized);
                Assert.InRange(header.BodyLength, 0, authorized ? TransportLimits.MessageBytes + TransportLimits.PayloadBytes : TransportLimits.UnauthorizedFrameBytes);
                var again = new byte[FrameHeader.Size];
                header.WriteTo(again);
                Assert.Equal(bytes, again);
            }
            catch (PeerDriveException e)
            {
                Assert.Equal(ErrorKind.Protocol, e.Kind);
            }
        }
    }

    [Fact]
    public void A_disposed_frame_gives_no_memory_away()
    {
        var frame = Frame.Create(FrameType.Application, Priority.Bulk, [1], [2]);
        frame.Dispose();
        frame.Dispose();
        Assert.Throws<ObjectDisposedException>(() => frame.Message);
        Assert.Throws<ObjectDisposedException>(() => frame.Payload);
    }
}
