using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>Requests as bytes, without a kernel.</summary>
public sealed class DispatcherTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RecordingFileSystem files = new();

    [Fact]
    public async Task Init_agrees_on_what_both_know_and_never_on_writeback()
    {
        await using var kernel = await FakeKernel.StartWithoutInitAsync(files);
        var started = kernel.StartSessionAsync();
        var (error, body) = kernel.Ask(Opcode.Init, 0, FakeKernel.Init(7, 99, 0xFFFFFFFF, 0xFFFFFFFF));
        await started.WaitAsync(Limit);
        var init = Bodies.Read<Outgoing.Init>(body);
        var flags = (InitFlags)(init.Flags | ((ulong)init.Flags2 << 32));
        const ulong writeback = 1 << 16, posixAcl = 1 << 20;
        Assert.Equal((0, 7u, 45u, 1u << 20, 256), (error, init.Major, init.Minor, init.MaxWrite, init.MaxPages));
        Assert.Equal(0ul, (ulong)flags & (writeback | posixAcl));
        Assert.True(flags.HasFlag(InitFlags.AutoInvalidate | InitFlags.ReadDirPlus | InitFlags.ParallelDirectoryOperations | InitFlags.MaxPages));
        Assert.False(flags.HasFlag(InitFlags.Passthrough), "It was not asked for.");
        Assert.False(flags.HasFlag(InitFlags.AtomicTruncate), "Nobody would clear set-user bits.");
        Assert.NotNull(files.Connection);
    }

    [Fact]
    public async Task A_newer_kernel_is_told_our_version_and_starts_again()
    {
        await using var kernel = await FakeKernel.StartWithoutInitAsync(files);
        var started = kernel.StartSessionAsync();
        Assert.Equal(7u, Bodies.Read<Outgoing.Init>(kernel.Ask(Opcode.Init, 0, FakeKernel.Init(8, 0, 0, 0)).Body).Major);
        Assert.False(started.IsCompleted);
        kernel.Ask(Opcode.Init, 0, FakeKernel.Init(7, 45, 0, 0));
        await started.WaitAsync(Limit);
    }

    [Fact]
    public async Task An_old_kernel_is_refused_with_a_sentence()
    {
        await using var kernel = await FakeKernel.StartWithoutInitAsync(files);
        var started = kernel.StartSessionAsync();
        Assert.Equal((int)Errno.Protocol, kernel.Ask(Opcode.Init, 0, FakeKernel.Init(7, 19, 0, 0)).Error);
        var problem = await Assert.ThrowsAsync<FuseException>(() => started.WaitAsync(Limit));
        Assert.Contains("Linux 5.4", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_reaches_the_file_system_before_init()
    {
        await using var kernel = await FakeKernel.StartWithoutInitAsync(files);
        var started = kernel.StartSessionAsync();
        Assert.Equal((int)Errno.Io, kernel.Ask(Opcode.Lookup, 1, Bodies.Names("early")).Error);
        kernel.Ask(Opcode.Init, 0, FakeKernel.Init(7, 45, 0, 0));
        await started.WaitAsync(Limit);
        Assert.Empty(files.Asked);
    }

    [Fact]
    public async Task An_entry_arrives_whole()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var (error, body) = kernel.Ask(Opcode.Lookup, 1, Bodies.Names("name"));
        var entry = Bodies.Read<Outgoing.Entry>(body);
        Assert.Equal((0, 5ul, 6ul, 1ul, 500_000_000u, 86400ul), (error, entry.Node, entry.Generation, entry.NameSeconds, entry.NameNanoseconds, entry.AttributeSeconds));
        Assert.Equal((55ul, 7ul, 0x81A4u, ulong.MaxValue, 999_999_999u), (entry.Attributes.Inode, entry.Attributes.Size, entry.Attributes.Mode, entry.Attributes.Mtime, entry.Attributes.MtimeNanoseconds));
        Assert.Equal(["lookup 1 name by 1000:1001 4242"], files.Asked);
    }

    [Fact]
    public async Task Read_and_write_carry_bytes()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var (error, bytes) = kernel.Ask(Opcode.Read, 9, Bodies.Of(new Incoming.Read { Handle = 3, Offset = 2, Size = 5 }));
        Assert.Equal((0, (byte[])[2, 3, 4, 5, 6]), (error, bytes), new TupleOfBytes());
        var write = kernel.Ask(Opcode.Write, 9, [.. Bodies.Of(new Incoming.Write { Handle = 3, Offset = 4, Size = 5 }), .. "hello"u8]);
        Assert.Equal(5u, Bodies.Read<Outgoing.Written>(write.Body).Size);
        Assert.Equal(["write 9 3 4 hello"], files.Asked);
    }

    [Fact]
    public async Task Allocating_and_copying_clear_privileges_but_for_root()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        Assert.Equal(0, kernel.Ask(Opcode.Fallocate, 9, Bodies.Of(new Incoming.Fallocate { Offset = 1, Length = 2 })).Error);
        Assert.Equal(0, kernel.Ask(Opcode.CopyFileRange, 9, Bodies.Of(new Incoming.CopyFileRange { TargetNode = 10, Length = 2 })).Error);
        kernel.Uid = 0;
        Assert.Equal(0, kernel.Ask(Opcode.Fallocate, 9, Bodies.Of(new Incoming.Fallocate { Offset = 1, Length = 2 })).Error);
        Assert.Equal(["allocate 9 1 2 clears True", "copy 9 10 2 clears True", "allocate 9 1 2 clears False"], files.Asked);
    }

    [Fact]
    public async Task Seeking_from_a_negative_offset_is_beyond_the_end()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var (error, _) = kernel.Ask(Opcode.Lseek, 9, Bodies.Of(new Incoming.Lseek { Offset = ulong.MaxValue, Whence = (uint)FuseSeek.Data }));
        Assert.Equal((int)Errno.NoSuchDeviceOrAddress, error);
        Assert.Empty(files.Asked);
    }

    [Fact]
    public async Task What_waits_is_answered_later_and_holds_nobody_up()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var waiting = kernel.NextUnique();
        kernel.Send(waiting, Opcode.Read, RecordingFileSystem.Waiting, Bodies.Of(new Incoming.Read { Size = 4 }));
        await files.ReadStarted.Task.WaitAsync(Limit);
        for (var i = 0; i < 100; i++) Assert.Equal(0, kernel.Ask(Opcode.Lookup, 1, Bodies.Names("other")).Error);
        files.Answer.SetResult(3);
        Assert.Equal("www"u8.ToArray(), kernel.Receive(waiting).Body);
        Assert.Empty(kernel.Faults);
    }

    [Fact]
    public async Task An_interrupt_cancels_what_waits()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var waiting = kernel.NextUnique();
        kernel.Send(waiting, Opcode.Read, RecordingFileSystem.Waiting, Bodies.Of(new Incoming.Read { Size = 4 }));
        await files.ReadStarted.Task.WaitAsync(Limit);
        kernel.Send(waiting | 1, Opcode.Interrupt, 0, Bodies.Of(new Incoming.Interrupt { Unique = waiting }));
        Assert.Equal((int)Errno.Interrupted, kernel.Receive(waiting).Error);
    }

    [Fact]
    public async Task An_interrupt_that_comes_first_is_remembered()
    {
        await using var kernel = await FakeKernel.StartAsync(files, new FuseMountOptions { Threads = 1 });
        var waiting = kernel.NextUnique();
        kernel.Send(waiting | 1, Opcode.Interrupt, 0, Bodies.Of(new Incoming.Interrupt { Unique = waiting }));
        kernel.Send(waiting, Opcode.Read, RecordingFileSystem.Waiting, Bodies.Of(new Incoming.Read { Size = 4 }));
        Assert.Equal((int)Errno.Interrupted, kernel.Receive(waiting).Error);
        Assert.Equal(0, kernel.Ask(Opcode.Read, 9, Bodies.Of(new Incoming.Read { Size = 1 })).Error);
    }

    [Fact]
    public async Task The_end_of_the_mount_cancels_what_waits()
    {
        await using (var kernel = await FakeKernel.StartAsync(files))
        {
            kernel.Send(kernel.NextUnique(), Opcode.Read, RecordingFileSystem.Waiting, Bodies.Of(new Incoming.Read { Size = 4 }));
            await files.ReadStarted.Task.WaitAsync(Limit);
        }
        await files.Stopped.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task More_may_wait_than_there_are_threads_and_further_ones_come_after()
    {
        const int inFlight = 8;
        await using var kernel = await FakeKernel.StartAsync(files, new FuseMountOptions { Threads = 2, MaxInFlight = inFlight });
        var waiting = Enumerable.Range(0, inFlight * 4).Select(_ => kernel.NextUnique()).ToList();
        foreach (var number in waiting) kernel.Send(number, Opcode.Read, RecordingFileSystem.Waiting, Bodies.Of(new Incoming.Read { Size = 4 }));
        await files.ReadStarted.Task.WaitAsync(Limit);
        files.Answer.SetResult(1);
        var answered = waiting.Select(_ => kernel.ReceiveAny()).ToList();
        Assert.All(answered, reply => Assert.Equal((0, 1), (reply.Error, reply.Body.Length)));
        Assert.Equal(waiting, answered.Select(reply => reply.Unique).Order());
    }

    [Fact]
    public async Task An_exception_is_an_io_error_and_a_fault()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        Assert.Equal((int)Errno.Io, kernel.Ask(Opcode.Read, RecordingFileSystem.Throwing, Bodies.Of(new Incoming.Read { Size = 4 })).Error);
        Assert.Equal("thrown on purpose", Assert.Single(kernel.Faults).Message);
        Assert.Equal((int)Errno.Io, kernel.Ask(Opcode.Read, RecordingFileSystem.Overflowing, Bodies.Of(new Incoming.Read { Size = 4 })).Error);
        Assert.Equal(2, kernel.Faults.Count);
    }

    [Fact]
    public async Task Forgets_have_no_answer()
    {
        await using var kernel = await FakeKernel.StartAsync(files, new FuseMountOptions { Threads = 1 });
        kernel.Send(kernel.NextUnique(), Opcode.Forget, 8, Bodies.Of(new Incoming.Forget { Count = 3 }));
        byte[] batch = [.. Bodies.Of(new Incoming.BatchForget { Count = 2 }), .. Bodies.Of(new Incoming.ForgetOne { Node = 9, Count = 1 }), .. Bodies.Of(new Incoming.ForgetOne { Node = 10, Count = 2 })];
        kernel.Send(kernel.NextUnique(), Opcode.BatchForget, 0, batch);
        kernel.Ask(Opcode.Read, 9, Bodies.Of(new Incoming.Read { Size = 1 }));
        Assert.Equal(["forget 8 3", "forget 9 1", "forget 10 2"], files.Asked);
    }

    [Fact]
    public async Task Both_forms_of_setxattr_and_rename_are_understood()
    {
        await using (var kernel = await FakeKernel.StartAsync(files))
        {
            kernel.Ask(Opcode.SetXattr, 4, [.. Bodies.Of(new Incoming.SetXattr { Size = 2, Flags = 1 }, "user.a"), .. "xy"u8]);
            kernel.Ask(Opcode.Rename, 4, Bodies.Of(new Incoming.Rename { NewParent = 6 }, "a", "b"));
            kernel.Ask(Opcode.Rename2, 4, Bodies.Of(new Incoming.Rename2 { NewParent = 6, Flags = 2 }, "a", "b"));
        }
        await using (var kernel = await FakeKernel.StartWithoutInitAsync(files))
        {
            var started = kernel.StartSessionAsync();
            kernel.Ask(Opcode.Init, 0, FakeKernel.Init(7, 31, 0, 0));
            await started.WaitAsync(Limit);
            kernel.Ask(Opcode.SetXattr, 4, [.. Bodies.Of(2ul | (2ul << 32), "user.a"), .. "xy"u8]);
        }
        Assert.Equal(["setxattr 4 user.a xy Create", "rename 4 a 6 b Replace", "rename 4 a 6 b Exchange", "setxattr 4 user.a xy Replace"], files.Asked);
    }

    [Theory]
    [InlineData(0u, 8, 0)]
    [InlineData(4u, 0, (int)Errno.OutOfRange)]
    [InlineData(5u, 5, 0)]
    public async Task An_xattr_is_measured_before_it_is_read(uint size, int length, int error)
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        var reply = kernel.Ask(Opcode.GetXattr, 4, Bodies.Of(new Incoming.GetXattr { Size = size }, "user.a"));
        Assert.Equal((error, length), (reply.Error, reply.Body.Length));
    }

    [Fact]
    public async Task A_directory_is_read_in_parts_without_gap_or_repetition()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        foreach (var opcode in (Opcode[])[Opcode.ReadDir, Opcode.ReadDirPlus])
        {
            var names = new List<string>();
            for (var offset = 0ul; ;)
            {
                var (error, body) = kernel.Ask(opcode, 1, Bodies.Of(new Incoming.Read { Offset = offset, Size = 4096 }));
                Assert.Equal(0, error);
                Assert.InRange(body.Length, 0, 4096);
                var lines = DirectoryLines.Parse(body, withEntries: opcode == Opcode.ReadDirPlus).ToList();
                if (lines.Count == 0) break;
                names.AddRange(lines.Select(line => line.Name));
                offset = lines[^1].NextOffset;
            }
            Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"file {i}"), names);
        }
    }

    [Fact]
    public async Task Notifications_go_out_in_order()
    {
        await using var kernel = await FakeKernel.StartAsync(files);
        await kernel.Notifier.NodeChanged(5, 1, 2);
        await kernel.Notifier.NameChanged(1, "gone"u8);
        await kernel.Notifier.NameDeleted(1, 5, "gone"u8);
        var replies = Enumerable.Range(0, 3).Select(_ => kernel.ReceiveAny()).ToList();
        await kernel.Notifier.Delivered(CancellationToken.None).WaitAsync(Limit);
        Assert.All(replies, reply => Assert.Equal(0ul, reply.Unique));
        Assert.Equal([-2, -3, -6], replies.Select(reply => reply.Error));
        Assert.Equal([24, 21, 29], replies.Select(reply => reply.Body.Length));
        Assert.Equal("gone\0"u8.ToArray(), replies[1].Body[16..]);
    }

    private sealed class TupleOfBytes : IEqualityComparer<(int, byte[])>
    {
        public bool Equals((int, byte[]) x, (int, byte[]) y) => x.Item1 == y.Item1 && x.Item2.AsSpan().SequenceEqual(y.Item2);

        public int GetHashCode((int, byte[]) value) => value.Item1;
    }
}
