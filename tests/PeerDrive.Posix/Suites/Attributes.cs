using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Attributes : Suite
{
    public void A_new_file_is_empty_has_one_link_and_times_of_now()
    {
        var before = CoarseTime();
        Tick();
        Put("f");
        Tick();
        var status = Stat("f");
        Same((0L, 0L, 1u), (status.Size, status.Blocks, status.Links));
        foreach (var time in new[] { status.Atime, status.Mtime, status.Ctime })
        {
            True(time > before);
            True(time < CoarseTime());
        }
        Same(EffectiveUser(), status.Uid);
    }

    public void By_path_by_descriptor_and_in_the_listing_it_is_one_file()
    {
        Put("f", "text");
        Ok(MkDir("d"));
        var fd = Opened("f", O_RDONLY);
        Same((Stat("f").Inode, Stat("f").FileSystemMajor, Stat("f").FileSystemMinor), (FStat(fd).Inode, FStat(fd).FileSystemMajor, FStat(fd).FileSystemMinor));
        var lines = Listing.Of(".").ToDictionary(line => line.Name, line => line.Inode);
        Same((Stat("f").Inode, Stat("d").Inode, Stat(".").Inode), (lines["f"], lines["d"], lines["."]));
        Same(Stat("d").FileSystemMinor, Stat("f").FileSystemMinor);
    }

    public void Different_files_have_different_inodes()
    {
        var seen = new HashSet<ulong>();
        for (var i = 0; i < 300; i++)
        {
            Put($"f{i}");
            True(seen.Add(Stat($"f{i}").Inode));
        }
    }

    public void An_inode_number_stays_after_everything_is_forgotten()
    {
        Put("f", "text");
        Ok(MkDir("d"));
        var (f, d) = (Stat("f").Inode, Stat("d").Inode);
        if (EffectiveUser() == 0) File.WriteAllText("/proc/sys/vm/drop_caches", "2");
        Same((f, d), (Stat("f").Inode, Stat("d").Inode));
    }

    [Row(0), Row(1), Row(4095), Row(4097), Row(1000000)]
    public void Size_is_exact_and_blocks_hold_it(int length)
    {
        Put("f", new string('x', length));
        var fd = Opened("f");
        Ok(FSync(fd));
        Same((long)length, Stat("f").Size);
        var blocks = Stat("f").Blocks;
        True(blocks * 512 >= length, $"{blocks} blocks hold {length} bytes");
        True(blocks * 512 <= length + (128 << 10), $"{blocks} blocks are about {length} bytes");
    }

    public void Size_is_known_while_it_is_being_written()
    {
        var fd = Opened("f", O_WRONLY | O_CREAT, Mode(644));
        for (var i = 1; i <= 10; i++)
        {
            Same(1000L, Write(fd, new byte[1000]));
            Same((i * 1000L, i * 1000L), (FStat(fd).Size, Stat("f").Size));
        }
    }

    public void A_sparse_file_has_few_blocks()
    {
        Put("f");
        var fd = Opened("f");
        Same(1L, PWrite(fd, "x"u8, 100 << 20));
        Ok(FSync(fd));
        Same((100L << 20) + 1, FStat(fd).Size);
        True(FStat(fd).Blocks is > 0 and < 2048, $"blocks: {FStat(fd).Blocks}");
    }

    public void Linked_names_have_the_same_attributes_after_every_change()
    {
        Put("a", "text");
        Ok(Link("a", "b"));
        _ = (Stat("a"), Stat("b"));
        var fd = Opened("b");
        Ok(Write(fd, "longer text"u8));
        Same((11L, Stat("b").Mtime, Stat("b").Ctime), (Stat("a").Size, Stat("a").Mtime, Stat("a").Ctime));
        Ok(ChMod("a", Mode(601)));
        Same(Mode(601), Stat("b").Permissions);
        Ok(UTimeNs("b", new Instant(5, 5), new Instant(6, 6)));
        Same((new Instant(5, 5), new Instant(6, 6)), (Stat("a").Atime, Stat("a").Mtime));
        Ok(Unlink("b"));
        Same(1u, Stat("a").Links);
    }

    public void A_directory_has_a_size_and_its_listing_does_not_change_its_times()
    {
        Ok(MkDir("d"));
        Put("d/f");
        var before = Stat("d");
        Tick();
        Same(1, Names("d").Count);
        _ = Stat("d/f");
        Same((before.Mtime, before.Ctime), (Stat("d").Mtime, Stat("d").Ctime));
    }

    public void A_file_s_changes_do_not_touch_its_directory()
    {
        Ok(MkDir("d"));
        Put("d/f");
        var before = Stat("d");
        Tick();
        Put("d/f", "text");
        Ok(ChMod("d/f", Mode(600)));
        Ok(UTimeNs("d/f", Instant.Now, Instant.Now));
        Ok(Truncate("d/f", 1));
        Same((before.Mtime, before.Ctime), (Stat("d").Mtime, Stat("d").Ctime));
    }

    public void The_block_size_for_transfers_is_sensible()
    {
        Put("f");
        var size = Stat("f").BlockSize;
        True(size is >= 512 and <= (1 << 24), $"{size}");
    }

    public void The_file_system_tells_its_room()
    {
        var buffer = new long[32];
        Ok(StatFs(".", buffer));
        long blockSize = buffer[1], blocks = buffer[2], free = buffer[3], available = buffer[4], files = buffer[5], freeFiles = buffer[6];
        True(blockSize is >= 512 and <= (1 << 24), $"block size {blockSize}");
        True(blocks > 0 && free > 0 && free <= blocks && available <= free, $"blocks {blocks}, free {free}, available {available}");
        True(freeFiles <= files, $"files {files}, free {freeFiles}");
        Same(255L, buffer[8]);
    }
}
