using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Times : Suite
{
    private static readonly Instant Past = new(1_000_000_000, 123_456_789), Later = new(1_500_000_000, 987_654_321);

    [Row(0L, 0L), Row(1L, 1L), Row(1_700_000_000L, 999_999_999L), Row(-1L, 0L), Row(-1L, 999_999_999L), Row(-2_147_483_648L, 0L),
     Row(2_147_483_647L, 5L), Row(2_147_483_648L, 5L), Row(4_294_967_296L, 0L), Row(15_032_385_535L, 0L)]
    public void Times_are_kept_to_the_nanosecond(long seconds, long nanoseconds)
    {
        Put("f");
        var time = new Instant(seconds, nanoseconds);
        Ok(UTimeNs("f", time, time));
        Same((time, time), (Stat("f").Atime, Stat("f").Mtime));
        Ok(UTimeNs("f", Past, time));
        Same((Past, time), (Stat("f").Atime, Stat("f").Mtime));
    }

    [Row("file"), Row("dir"), Row("fifo"), Row("link")]
    public void Times_of_anything_can_be_set(string kind)
    {
        Make(kind);
        Ok(UTimeNs("x", Past, Later, AT_SYMLINK_NOFOLLOW));
        Same((Past, Later), (LStat("x").Atime, LStat("x").Mtime));
    }

    public void A_link_is_followed_or_not_as_asked()
    {
        Put("f");
        Ok(SymLink("f", "link"));
        var link = LStat("link").Mtime;
        Ok(UTimeNs("link", Past, Past));
        Same((Past, link), (Stat("f").Mtime, LStat("link").Mtime));
        Ok(UTimeNs("link", Later, Later, AT_SYMLINK_NOFOLLOW));
        Same((Past, Later), (Stat("f").Mtime, LStat("link").Mtime));
    }

    public void OMIT_keeps_one_of_them_and_NOW_is_now()
    {
        Put("f");
        Ok(UTimeNs("f", Past, Past));
        Ok(UTimeNs("f", Instant.Omit, Later));
        Same((Past, Later), (Stat("f").Atime, Stat("f").Mtime));
        Ok(UTimeNs("f", Later, Instant.Omit));
        Same((Later, Later), (Stat("f").Atime, Stat("f").Mtime));
        var now = CoarseTime();
        Ok(UTimeNs("f", Past, Instant.Now));
        Same(Past, Stat("f").Atime);
        True(Math.Abs(Stat("f").Mtime.Seconds - now.Seconds) <= 1);
        Ok(UTimeNs("f", Instant.Now, Past));
        True(Math.Abs(Stat("f").Atime.Seconds - now.Seconds) <= 1);
        Same(Past, Stat("f").Mtime);
    }

    public void OMIT_of_both_changes_nothing()
    {
        Put("f");
        var before = Stat("f");
        Tick();
        Ok(UTimeNs("f", Instant.Omit, Instant.Omit));
        Same((before.Atime, before.Mtime, before.Ctime), (Stat("f").Atime, Stat("f").Mtime, Stat("f").Ctime));
    }

    public void Setting_times_sets_ctime()
    {
        Put("f");
        var before = Stat("f");
        Tick();
        Ok(UTimeNs("f", Past, Past));
        True(Stat("f").Ctime > before.Ctime);
    }

    public void By_descriptor_too_also_of_an_unlinked_file()
    {
        Put("f");
        var fd = Opened("f", O_RDONLY);
        Ok(FUTimeNs(fd, Past, Later));
        Same((Past, Later), (Stat("f").Atime, Stat("f").Mtime));
        Ok(Unlink("f"));
        Ok(FUTimeNs(fd, Later, Past));
        Same((Later, Past), (FStat(fd).Atime, FStat(fd).Mtime));
        Fails(EBADF, FUTimeNs(9999, Past, Past));
    }

    [Row(-1L), Row(1_000_000_000L), Row(long.MaxValue)]
    public void Nanoseconds_out_of_range_are_EINVAL(long nanoseconds)
    {
        Put("f");
        Fails(EINVAL, UTimeNs("f", new Instant(0, nanoseconds), Past));
        Fails(EINVAL, UTimeNs("f", Past, new Instant(0, nanoseconds)));
    }

    public void A_time_set_while_a_file_is_open_for_writing_stays_after_closing()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Ok(Write(fd, "text"u8));
        Ok(FUTimeNs(fd, Past, Later));
        Shut(fd);
        Same(Later, Stat("f").Mtime);
        Same("text", Text("f"));
        Same(Later, Stat("f").Mtime);
    }

    [NeedsRoot]
    public void Now_needs_permission_to_write_and_other_times_the_owner()
    {
        Put("f", mode: Mode(666));
        Put("g", mode: Mode(644));
        AsUser(() =>
        {
            Ok(UTimeNs("f", Instant.Now, Instant.Now));
            Fails(EPERM, UTimeNs("f", Past, Past));
            Fails(EPERM, UTimeNs("f", Instant.Now, Past));
            Fails(EPERM, UTimeNs("f", Instant.Now, Instant.Omit));
            Fails(EACCES, UTimeNs("g", Instant.Now, Instant.Now));
            Fails(EPERM, UTimeNs("g", Past, Past));
            Ok(UTimeNs("g", Instant.Omit, Instant.Omit));
        });
    }

    [NeedsRoot]
    public void An_owner_may_set_times_of_a_file_that_he_may_not_write()
    {
        Put("f", mode: Mode(444));
        Ok(ChOwn("f", User, Group));
        AsUser(() =>
        {
            Ok(UTimeNs("f", Past, Past));
            Ok(UTimeNs("f", Instant.Now, Instant.Now));
        });
    }

    private static void Make(string kind)
    {
        if (kind == "dir") Ok(MkDir("x"));
        else if (kind == "fifo") Ok(MkNod("x", S_IFIFO | Mode(644)));
        else if (kind == "link") Ok(SymLink("nowhere", "x"));
        else Put("x");
    }
}
