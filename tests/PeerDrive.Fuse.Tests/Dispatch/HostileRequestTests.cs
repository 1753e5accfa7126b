using System.Buffers.Binary;
using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>Bytes that no kernel would send: whatever comes, the session goes on and answers the next honest request.</summary>
public sealed class HostileRequestTests
{
    private readonly RecordingFileSystem files = new();

    [Fact]
    public async Task Requests_cut_at_each_byte_are_refused_and_the_next_is_served()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        foreach (var opcode in Enum.GetValues<Opcode>().Where(HasAnswer))
        {
            for (var length = 0; length <= 100; length++)
            {
                var (error, _) = kernel.Ask(opcode, 1, new byte[length]);
                Assert.InRange(error, 0, 200);
            }
        }
        Honest(kernel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(39)]
    public async Task What_is_shorter_than_a_header_is_passed_over(int length)
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        // An empty message ends a socket, as the kernel's end ends the device; so there is nothing shorter than a byte.
        kernel.SendRaw(new byte[Math.Max(length, 1)]);
        Honest(kernel);
    }

    [Theory]
    [InlineData(41u, 0)]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(0u, 0)]
    [InlineData(40u, 1)]
    [InlineData(40u, ushort.MaxValue)]
    public async Task A_header_that_contradicts_itself_is_passed_over(uint length, int extensions)
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var header = new byte[40];
        BinaryPrimitives.WriteUInt32LittleEndian(header, length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)Opcode.GetAttr);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), 12345);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(36), (ushort)extensions);
        kernel.SendRaw(header);
        Honest(kernel);
    }

    [Fact]
    public async Task Sizes_beyond_every_buffer_are_refused()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        foreach (var size in (uint[])[(1 << 20) + 1, int.MaxValue, uint.MaxValue])
        {
            Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Read, 9, Bodies.Of(new Incoming.Read { Size = size })).Error);
            Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.ReadDirPlus, 9, Bodies.Of(new Incoming.Read { Size = size })).Error);
            Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Write, 9, Bodies.Of(new Incoming.Write { Size = size })).Error);
            Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.SetXattr, 9, Bodies.Of(new Incoming.SetXattr { Size = size }, "user.a")).Error);
        }
        Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Read, 9, Bodies.Of(new Incoming.Read { Offset = 1ul << 63, Size = 1 })).Error);
        Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Fallocate, 9, Bodies.Of(new Incoming.Fallocate { Offset = long.MaxValue, Length = 1 })).Error);
        Assert.Empty(files.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    public async Task Names_that_are_no_names_are_refused(string name)
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Lookup, 1, Bodies.Names(name)).Error);
        Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Unlink, 1, Bodies.Names(name)).Error);
        Assert.Equal((int)Errno.Invalid, kernel.Ask(Opcode.Rename, 1, Bodies.Of(new Incoming.Rename { NewParent = 1 }, "a", name)).Error);
        Assert.Empty(files.Asked);
    }

    [Fact]
    public async Task A_batch_of_forgets_that_promises_more_than_it_has_ends_where_it_ends()
    {
        await using var kernel = await FakeKernel.StartAsync(files, new FuseMountOptions { Threads = 1 });
        byte[] batch = [.. Bodies.Of(new Incoming.BatchForget { Count = uint.MaxValue }), .. Bodies.Of(new Incoming.ForgetOne { Node = 9, Count = 1 }), 1, 2, 3];
        kernel.Send(kernel.NextUnique(), Opcode.BatchForget, 0, batch);
        Honest(kernel);
        Assert.Equal("forget 9 1", files.Asked.First());
    }

    [Fact]
    public async Task What_is_not_known_is_not_implemented()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        foreach (var opcode in (uint[])[0, 7, 31, 32, 33, 37, 40, 48, 52, 54, 4096, uint.MaxValue])
            Assert.Equal((int)Errno.NotImplemented, kernel.Ask((Opcode)opcode, 1, new byte[64]).Error);
        Assert.Equal((int)Errno.NoTerminal, kernel.Ask(Opcode.Ioctl, 1, new byte[64]).Error);
    }

    [Trait("speed", "slow")]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_bytes_never_end_the_session(int seed)
    {
        var count = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 5_000 : 50_000;
        var random = new Random(seed);
        await using var kernel = await FakeKernel.StartAsync(files);
        var opcodes = Enum.GetValues<Opcode>().Where(HasAnswer).ToArray();
        for (var i = 0; i < count; i++)
        {
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            // Half of them with small numbers, which get further.
            if (random.Next(2) == 0) for (var at = 0; at < body.Length; at++) if (at % 8 != 0) body[at] = 0;
            var node = random.Next(4) == 0 ? RecordingFileSystem.Throwing : (ulong)random.Next(10);
            var (error, _) = kernel.Ask(opcodes[random.Next(opcodes.Length)], node, body);
            Assert.InRange(error, 0, 200);
        }
        Honest(kernel);
    }

    private static bool HasAnswer(Opcode opcode) => opcode is not (Opcode.Forget or Opcode.BatchForget or Opcode.Interrupt);

    private static void Honest(FakeKernel kernel) => Assert.Equal(0, kernel.Ask(Opcode.Lookup, 1, Bodies.Names("name")).Error);
}
