using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class DirectoryReading : Suite
{
    public void An_empty_directory_lists_itself_and_its_parent()
    {
        Ok(MkDir("d"));
        var lines = Listing.Of("d");
        Same(". ..", string.Join(' ', lines.Select(line => line.Name).Order(StringComparer.Ordinal)));
        Same((Stat("d").Inode, Stat(".").Inode), (lines.Single(line => line.Name == ".").Inode, lines.Single(line => line.Name == "..").Inode));
    }

    public void Types_and_inodes_are_told()
    {
        Ok(MkDir("dir"));
        Put("file");
        Ok(SymLink("x", "link"));
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Ok(MkNod("socket", S_IFSOCK | Mode(644)));
        foreach (var line in Listing.Of("."))
        {
            if (line.Name == "..") continue;
            var expected = (byte)(LStat(line.Name).Type >> 12);
            True(line.Type == expected || line.Type == 0, $"type of {line.Name}: {line.Type}");
            Same(LStat(line.Name).Inode, line.Inode, line.Name);
        }
    }

    [Row(1), Row(10), Row(500), Row(10000)]
    public void Each_of_many_entries_comes_just_once(int count)
    {
        Fill("d", count);
        foreach (var bufferBytes in new[] { 300, 4096, 1 << 16 })
        {
            var names = Listing.Rest(Opened("d", O_RDONLY | O_DIRECTORY), bufferBytes).Select(line => line.Name).ToList();
            Same(count + 2, names.Count);
            Same(count + 2, names.Distinct().Count());
        }
    }

    public void Names_of_every_length_come_whole()
    {
        Ok(MkDir("d"));
        for (var length = 1; length <= 255; length++) Put("d/" + new string('n', length));
        var names = Names("d");
        Same(255, names.Count);
        True(names.All(name => name.All(c => c == 'n')) && names.Select(name => name.Length).Order().SequenceEqual(Enumerable.Range(1, 255)), "names of 1 to 255 bytes");
    }

    public void Going_back_to_the_begin_reads_again_with_what_is_new()
    {
        Fill("d", 100);
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        Same(102, Listing.Rest(fd).Count);
        Same(0, Listing.Rest(fd).Count);
        Put("d/new");
        Ok(Unlink("d/f0"));
        Same(0L, Seek(fd, 0, SEEK_SET));
        var names = Listing.Rest(fd).Select(line => line.Name).ToList();
        Same(102, names.Count);
        True(names.Contains("new") && !names.Contains("f0"), "the new name and not the removed one");
    }

    public void Going_to_where_a_line_ended_continues_behind_it()
    {
        Fill("d", 300);
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        var all = Listing.Rest(fd, 1000);
        foreach (var at in new[] { 0, 1, 2, 57, 150, 299, 301 })
        {
            Same(all[at].Next, Seek(fd, all[at].Next, SEEK_SET));
            Same(string.Join(' ', all.Skip(at + 1).Select(line => line.Name)), string.Join(' ', Listing.Rest(fd, 777).Select(line => line.Name)));
        }
    }

    public void Entries_that_stay_come_once_while_others_come_and_go()
    {
        Fill("d", 2000);
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        var seen = new List<string>();
        var round = 0;
        while (Listing.Some(fd, 2000) is { Count: > 0 } lines)
        {
            seen.AddRange(lines.Select(line => line.Name));
            Put($"d/new{round}");
            Ok(Unlink($"d/f{1999 - round * 2}"));
            round++;
        }
        var stayed = Enumerable.Range(0, 2000).Except(Enumerable.Range(0, round).Select(i => 1999 - i * 2)).Select(i => $"f{i}").ToHashSet();
        Same(seen.Count, seen.Distinct().Count());
        Same("", string.Join(' ', stayed.Except(seen)));
    }

    public void Everything_can_be_removed_while_it_is_read()
    {
        Fill("d", 3000);
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        var removed = 0;
        while (Listing.Some(fd, 1500) is { Count: > 0 } lines)
        {
            foreach (var line in lines.Where(line => line.Name is not ("." or "..")))
            {
                Ok(Unlink($"d/{line.Name}"));
                removed++;
            }
        }
        Same(3000, removed);
        Ok(RmDir("d"));
    }

    public void A_renamed_entry_comes_at_most_once_under_each_name()
    {
        Fill("d", 1000);
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        var seen = Listing.Some(fd, 3000).Select(line => line.Name).ToList();
        Ok(Rename("d/f5", "d/renamed"));
        seen.AddRange(Listing.Rest(fd).Select(line => line.Name));
        Same(seen.Count, seen.Distinct().Count());
        True(Enumerable.Range(0, 1000).Where(i => i != 5).All(i => seen.Contains($"f{i}")), "the others are all there");
    }

    public void A_removed_directory_lists_nothing()
    {
        Ok(MkDir("d"));
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        Ok(RmDir("d"));
        var outcome = GetDirectoryEntries(fd, new byte[1000]);
        True(outcome == 0 || outcome == -(long)ENOENT, Outcome.Describe(outcome));
    }

    public void A_new_reader_sees_each_change_at_once()
    {
        Ok(MkDir("d"));
        for (var i = 0; i < 30; i++)
        {
            Put($"d/f{i}");
            Same(i + 1, Names("d").Count);
        }
        for (var i = 0; i < 30; i++)
        {
            Ok(Unlink($"d/f{i}"));
            Same(29 - i, Names("d").Count);
        }
    }

    public void Only_directories_are_listed()
    {
        Put("f");
        Fails(ENOTDIR, GetDirectoryEntries(Opened("f", O_RDONLY), new byte[1000]));
        Fails(EBADF, GetDirectoryEntries(9999, new byte[1000]));
        Fails(EINVAL, GetDirectoryEntries(Opened(".", O_RDONLY), new byte[10]));
    }

    private static void Fill(string folder, int count)
    {
        Ok(MkDir(folder));
        for (var i = 0; i < count; i++) Ok(MkNod($"{folder}/f{i}", S_IFREG | Mode(644)));
    }
}
