using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Locks : Suite
{
    public void Flock_keeps_another_process_out()
    {
        Put("f");
        var fd = Opened("f");
        using var other = new LockHolder("f");
        Ok(FLock(fd, LOCK_EX));
        Fails(EAGAIN, other.Order($"flock {LOCK_EX | LOCK_NB}"));
        Fails(EAGAIN, other.Order($"flock {LOCK_SH | LOCK_NB}"));
        Ok(FLock(fd, LOCK_SH));
        Ok(other.Order($"flock {LOCK_SH | LOCK_NB}"));
        Fails(EAGAIN, FLock(fd, LOCK_EX | LOCK_NB));
        Ok(other.Order($"flock {LOCK_UN}"));
        Ok(FLock(fd, LOCK_EX | LOCK_NB));
        Shut(fd);
        Ok(other.Order($"flock {LOCK_EX | LOCK_NB}"));
    }

    public void Flock_belongs_to_the_open_file_and_its_copies()
    {
        Put("f");
        var (a, b) = (Opened("f"), Opened("f"));
        Ok(FLock(a, LOCK_EX));
        Fails(EAGAIN, FLock(b, LOCK_EX | LOCK_NB));
        var copy = Kept(Duplicate(a));
        Shut(a);
        Fails(EAGAIN, FLock(b, LOCK_EX | LOCK_NB));
        Shut(copy);
        Ok(FLock(b, LOCK_EX | LOCK_NB));
    }

    public void Flock_works_on_directories_and_read_only()
    {
        Ok(MkDir("d"));
        var (a, b) = (Opened("d", O_RDONLY), Opened("d", O_RDONLY));
        Ok(FLock(a, LOCK_EX));
        Fails(EAGAIN, FLock(b, LOCK_SH | LOCK_NB));
        Fails(EINVAL, FLock(b, 0));
    }

    public void Record_locks_keep_another_process_out_of_a_range()
    {
        Put("f", new string('x', 100));
        var fd = Opened("f");
        using var other = new LockHolder("f");
        Ok(Lock(fd, F_SETLK, F_WRLCK, 10, 10));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 15 1"));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_RDLCK} 0 11"));
        Ok(other.Order($"record {F_WRLCK} 20 10"));
        Ok(other.Order($"record {F_WRLCK} 0 10"));
        FailsWithOneOf([EAGAIN, EACCES], Lock(fd, F_SETLK, F_RDLCK, 25, 1));
        Same((long)F_WRLCK, other.Order($"ask {F_WRLCK} 12 1"));
        Same((long)F_UNLCK, other.Order($"ask {F_WRLCK} 50 1"));
        Ok(Lock(fd, F_SETLK, F_RDLCK, 10, 10));
        Ok(other.Order($"record {F_RDLCK} 10 10"));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 10 10"));
        Ok(Lock(fd, F_SETLK, F_UNLCK, 10, 10));
        Ok(other.Order($"record {F_WRLCK} 10 10"));
    }

    public void Record_locks_reach_to_infinity_and_split()
    {
        Put("f");
        var fd = Opened("f");
        using var other = new LockHolder("f");
        Ok(Lock(fd, F_SETLK, F_WRLCK, 0, 0));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 1000000000000 1"));
        Ok(Lock(fd, F_SETLK, F_UNLCK, 100, 100));
        Ok(other.Order($"record {F_WRLCK} 100 100"));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 99 1"));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 200 1"));
    }

    public void Closing_any_descriptor_of_a_file_drops_a_process_s_record_locks()
    {
        Put("f");
        var fd = Opened("f");
        using var other = new LockHolder("f");
        Ok(Lock(fd, F_SETLK, F_WRLCK, 0, 10));
        FailsWithOneOf([EAGAIN, EACCES], other.Order($"record {F_WRLCK} 0 10"));
        Shut(Opened("f", O_RDONLY));
        Ok(other.Order($"record {F_WRLCK} 0 10"));
        FailsWithOneOf([EAGAIN, EACCES], Lock(fd, F_SETLK, F_WRLCK, 0, 10));
        Ok(other.Order("reopen"));
        Ok(Lock(fd, F_SETLK, F_WRLCK, 0, 10));
    }

    public void A_process_that_ends_leaves_no_lock()
    {
        Put("f");
        var fd = Opened("f");
        using (var other = new LockHolder("f"))
        {
            Ok(other.Order($"record {F_WRLCK} 0 0"));
            Ok(other.Order($"flock {LOCK_EX}"));
            FailsWithOneOf([EAGAIN, EACCES], Lock(fd, F_SETLK, F_WRLCK, 0, 0));
        }
        Ok(Lock(fd, F_SETLK, F_WRLCK, 0, 0));
        Ok(FLock(fd, LOCK_EX | LOCK_NB));
    }

    public void Open_file_description_locks_are_between_descriptors()
    {
        Put("f");
        var (a, b) = (Opened("f"), Opened("f"));
        Ok(Lock(a, F_OFD_SETLK, F_WRLCK, 0, 10));
        FailsWithOneOf([EAGAIN, EACCES], Lock(b, F_OFD_SETLK, F_WRLCK, 5, 1));
        Ok(Lock(b, F_OFD_SETLK, F_WRLCK, 10, 1));
        Shut(a);
        Ok(Lock(b, F_OFD_SETLK, F_WRLCK, 5, 1));
    }

    public void A_lock_needs_the_right_kind_of_descriptor()
    {
        Put("f");
        Fails(EBADF, Lock(Opened("f", O_RDONLY), F_SETLK, F_WRLCK, 0, 1));
        Fails(EBADF, Lock(Opened("f", O_WRONLY), F_SETLK, F_RDLCK, 0, 1));
        Fails(EINVAL, Lock(Opened("f"), F_SETLK, F_WRLCK, -1, 1));
        Fails(EBADF, FLock(9999, LOCK_SH));
    }

    public void Locks_stay_with_a_file_that_is_renamed_or_unlinked()
    {
        Put("f");
        var (a, b) = (Opened("f"), Opened("f"));
        Ok(FLock(a, LOCK_EX));
        Ok(Rename("f", "g"));
        Fails(EAGAIN, FLock(Opened("g"), LOCK_EX | LOCK_NB));
        Ok(Unlink("g"));
        Fails(EAGAIN, FLock(b, LOCK_EX | LOCK_NB));
        Put("g");
        Ok(FLock(Opened("g"), LOCK_EX | LOCK_NB));
    }

    private static long Lock(int fd, int command, short type, long start, long length)
    {
        var range = new RecordLock { Type = type, Start = start, Length = length };
        return FileCalls.RecordLock(fd, command, ref range);
    }
}
