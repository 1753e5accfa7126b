namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>What programs do with files, on a real mount.</summary>
[Trait("speed", "slow")]
public sealed class MountedFilesTests(MountedFixture fixture) : IClassFixture<MountedFixture>
{
    /// <summary>Script, and what it says; it runs in a new directory of the mount.</summary>
    public static TheoryData<string, string, string> Scripts => new()
    {
        { "write and read", "echo hello > a; cat a; stat -c %s a", "hello\n6" },
        { "append", "echo a > f; echo b >> f; cat f", "a\nb" },
        { "truncate on open", "echo long text > f; echo x > f; cat f", "x" },
        { "truncate", "echo hello > f; truncate -s 3 f; cat f; echo; truncate -s 5 f; od -An -c f", "hel\n   h   e   l  \\0  \\0" },
        { "a large copy is equal", "head -c 20000003 /dev/urandom > f; cp f g; cmp f g; dd if=f bs=4097 status=none | cmp - g; echo same", "same" },
        { "direct reads and writes", "dd if=/dev/urandom of=f bs=64k count=4 oflag=direct status=none; dd if=f of=g bs=64k iflag=direct status=none; cmp f g; echo same", "same" },
        { "hard links share everything", "echo x > a; ln a b; echo y >> b; cat a; stat -c '%h %i' a b | uniq | wc -l; rm a; stat -c %h b", "x\ny\n1\n1" },
        { "symbolic links", "ln -s there l; readlink l; test ! -e l; echo z > there; cat l", "there\nz" },
        { "fifo", "mkfifo p; (echo through > p &); cat p", "through" },
        { "rename over an existing file", "echo a > a; echo b > b; mv a b; cat b; ls", "a\nb" },
        { "rename of an open file", "exec 5> a; mv a b; echo late >&5; cat b", "late" },
        { "rename of a directory", "mkdir -p d/e; echo x > d/e/f; mv d g; cat g/e/f; mkdir h; mv g h; find h | sort", "x\nh\nh/g\nh/g/e\nh/g/e/f" },
        { "rename without replacing", "echo a > a; echo b > b; mv -n a b || true; cat a b", "a\nb" },
        { "unlinked but open", "echo kept > f; exec 5< f; rm f; test ! -e f; cat <&5", "kept" },
        { "a directory that is not empty stays", "mkdir d; touch d/f; rmdir d || ls d", "rmdir: failed to remove 'd': Directory not empty\nf" },
        { "modes and umask", "umask 027; touch f; mkdir d; stat -c %a f d; chmod 4755 f; stat -c %a f", "640\n750\n4755" },
        { "owners", "touch f; chown 12:34 f; stat -c %u:%g f; mkdir d; chgrp 77 d; chmod g+s d; touch d/x; mkdir d/y; stat -c '%g %a' d/x d/y", "12:34\n77 644\n77 2755" },
        { "a write takes set-user away", "echo x > f; chmod 6755 f; chown 65534 f; chmod 6777 f; setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo y >> f'; stat -c %a f", "777" },
        { "permissions are enforced", "echo secret > f; chmod 600 f; setpriv --reuid=65534 --regid=65534 --clear-groups cat f || echo refused", "cat: f: Permission denied\nrefused" },
        { "times to the nanosecond", "touch -d '1969-12-31 23:59:58.123456789 UTC' f; TZ=UTC stat -c '%y' f; touch -d '2446-01-01 00:00:00.5 UTC' f; TZ=UTC stat -c %y f", "1969-12-31 23:59:58.123456789 +0000\n2446-01-01 00:00:00.500000000 +0000" },
        { "extended attributes", "touch f; setfattr -n user.one -v 1 f; setfattr -n user.two -v 2 f; getfattr --only-values -n user.one f; setfattr -x user.one f; getfattr f", "1# file: f\nuser.two\n" },
        { "sparse files", "truncate -s 1T f; echo end | dd of=f bs=1 seek=1000000000000 conv=notrunc status=none; test $(stat -c %b f) -lt 1000; dd if=f bs=1 skip=1000000000000 count=3 status=none", "end" },
        { "holes", "head -c 200000 /dev/zero | tr '\\0' x > f; fallocate -p -o 65536 -l 65536 f; python3 -c \"import os; f=os.open('f',0); print(os.lseek(f,0,os.SEEK_HOLE), os.lseek(f,65536,os.SEEK_DATA))\"; stat -c %s f", "65536 131072\n200000" },
        { "fallocate", "fallocate -l 100000 f; stat -c %s f; fallocate -n -l 200000 f; stat -c %s f", "100000\n100000" },
        { "copy_file_range", "echo hello > f; python3 -c \"import os; a=os.open('f',0); b=os.open('g',os.O_CREAT|os.O_WRONLY); print(os.copy_file_range(a,b,4,1,2))\"; od -An -c g", "4\n  \\0  \\0   e   l   l   o" },
        { "files without a name", "python3 -c \"import os; f=os.open('.',os.O_TMPFILE|os.O_RDWR,0o600); os.write(f,b'made'); os.link('/proc/self/fd/%d'%f,'named',src_dir_fd=f,follow_symlinks=True)\"; cat named", "made" },
        { "shared mappings are written", "head -c 8192 /dev/zero > f; python3 -c \"import mmap; f=open('f','r+b'); m=mmap.mmap(f.fileno(),0); m[5000:5005]=b'hello'; m.flush(); m.close()\"; dd if=f bs=1 skip=5000 count=5 status=none", "hello" },
        { "private mappings are not", "echo abcdef > f; python3 -c \"import mmap; f=open('f','r+b'); m=mmap.mmap(f.fileno(),0,mmap.MAP_PRIVATE); m[0:3]=b'xyz'; print(m[:6].decode())\"; cat f", "xyzdef\nabcdef" },
        { "flock", "touch f; exec 5< f; flock -x 5; flock -xn f true || echo held; exec 5<&-; flock -xn f echo free", "held\nfree" },
        { "record locks", "touch f; python3 -c \"import fcntl,os\nf=open('f','r+'); fcntl.lockf(f,fcntl.LOCK_EX)\nif os.fork()==0:\n g=open('f','r+')\n try: fcntl.lockf(g,fcntl.LOCK_EX|fcntl.LOCK_NB)\n except OSError: print('held',flush=True)\n os._exit(0)\nos.wait()\"", "held" },
        { "exclusive creation", "set -o noclobber; echo a > f; (echo b > f) 2>/dev/null || cat f", "a" },
        { "names are bytes", "touch \"$(printf 'line\\nbreak')\" \"$(printf '\\xff\\xfe')\" -- -dash; LC_ALL=C ls -b", "-dash\nline\\nbreak\n\\377\\376" },
        { "the longest name", "touch $(printf 'x%.0s' $(seq 255)); ls | wc -c; touch $(printf 'x%.0s' $(seq 256)) 2>/dev/null || echo refused", "256\nrefused" },
        { "many files in a directory", "for i in $(seq 3000); do : > $i; done; ls | wc -l; ls -l | tail -n +2 | wc -l; rm [0-9]*; ls | wc -l", "3000\n3000\n0" },
        { "a directory emptied while it is read", "mkdir d; (cd d; seq 2000 | xargs touch); python3 -c \"import os\nfor e in os.scandir('d'): os.unlink(e.path)\"; ls d | wc -l", "0" },
        { "a tree in and out", "mkdir t; (cd t; mkdir -p a/b/c; for i in 1 2 3; do echo $i > a/b/$i; done; ln -s b a/l); tar cf t.tar t; mkdir u; tar xf t.tar -C u; diff -r t u/t; rm -r t u t.tar; ls | wc -l", "0" },
        { "statfs", "stat -f -c '%s %l %T' . | sed 's/ .*//'", "4096" },
        { "access time is kept by utime", "touch -a -d '2001-02-03 UTC' f; TZ=UTC stat -c %x f", "2001-02-03 00:00:00.000000000 +0000" },
        { "not a terminal", "echo x > f; python3 -c \"import fcntl,termios\ntry: fcntl.ioctl(open('f'),termios.TIOCGWINSZ,b'12345678')\nexcept OSError as e: print(e.errno)\"", "25" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Programs_get_what_they_expect(string name, string script, string expected)
    {
        var folder = string.Concat(name.Where(char.IsLetter));
        Assert.Equal(expected.TrimEnd('\n'), (await fixture.Daemon.ShellAsync($"mkdir {folder}; cd {folder}; {script}")).TrimEnd('\n'));
    }

    [Fact]
    public async Task Exchange_swaps_two_names_at_once()
    {
        const string exchange = "import ctypes,os; c=ctypes.CDLL(None,use_errno=True); print(c.renameat2(-100,b'ex1',-100,b'ex2',2), c.renameat2(-100,b'ex1',-100,b'ex2',1), ctypes.get_errno())";
        Assert.Equal("0 -1 17\ntwo\none", await fixture.Daemon.ShellAsync($"echo one > ex1; echo two > ex2; python3 -c \"{exchange}\"; cat ex1 ex2"));
    }
}
