"""What every benchmark needs: a fresh file system, processes with their CPU time and memory, equality of trees."""
import os, shutil, signal, subprocess, tempfile, time

TICKS = os.sysconf("SC_CLK_TCK")


class Volume:
    """A fresh ext4 on a loop device, as mass deletions make an old one slow; a plain folder where loops cannot be had."""

    def __init__(self, gigabytes=16):
        self.root = tempfile.mkdtemp(prefix="peerdrive-bench-")
        self.image, self.path, self.mounted = os.path.join(self.root, "image"), os.path.join(self.root, "disk"), False
        os.mkdir(self.path)
        with open(self.image, "wb") as f:
            f.truncate(gigabytes << 30)
        made = subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.image], capture_output=True)
        if made.returncode == 0 and subprocess.run(["mount", "-o", "loop", self.image, self.path], capture_output=True).returncode == 0:
            self.mounted = True
        else:
            print("no loop device: working on the machine's own file system")

    def folder(self, name):
        path = os.path.join(self.path, name)
        os.makedirs(path)
        return path

    def close(self):
        if self.mounted:
            for _ in range(50):
                if subprocess.run(["umount", self.path], capture_output=True).returncode == 0:
                    break
                time.sleep(0.2)
        shutil.rmtree(self.root, ignore_errors=True)


class Process:
    """A running program; its CPU seconds and peak memory are read from /proc before it ends."""

    def __init__(self, command, log, env=None):
        self.log = open(log, "ab")
        self.popen = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def children(self):
        found, todo = [], [self.popen.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children") as f:
                        todo += [int(p) for p in f.read().split()]
            except OSError:
                pass
        return found

    def cpu(self):
        total = 0
        for pid in self.children():
            try:
                with open(f"/proc/{pid}/stat") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                total += sum(int(x) for x in fields[11:15])
            except OSError:
                pass
        return total / TICKS

    def peak(self):
        """MiB, the sum over the process and its children."""
        total = 0
        for pid in self.children():
            try:
                with open(f"/proc/{pid}/status") as f:
                    for line in f:
                        if line.startswith("VmHWM"):
                            total += int(line.split()[1])
            except OSError:
                pass
        return total / 1024

    def stop(self):
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGINT)
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        self.log.close()


def wait_for(what, condition, limit=600, pause=0.05):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit} s for {what}")
        time.sleep(pause)


def count_files(root):
    return sum(not name.startswith(".pd~") for _, _, files in os.walk(root) for name in files)


def differences(a, b):
    """What rsync would change to make b like a, by checksum."""
    out = subprocess.run(["rsync", "-ani", "--checksum", "--delete", "--exclude=.pd~*", "--exclude=.stfolder", a + "/", b + "/"], capture_output=True, text=True)
    return [line for line in out.stdout.splitlines() if line and not line.startswith(".d")]


def drop_caches():
    subprocess.run(["sync"])
    try:
        with open("/proc/sys/vm/drop_caches", "w") as f:
            f.write("3")
    except OSError:
        pass
