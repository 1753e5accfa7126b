"""The file systems that are measured beside each other: each shows a directory of one fresh ext4, and can be started anew."""
import os, shutil, signal, subprocess, time
from measure import drop_caches, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PEERDRIVE = os.path.join(ROOT, "peerdrive")


class Native:
    """The ext4 itself."""

    name = "ext4"

    def __init__(self, disk, data):
        self.disk, self.data = disk, data
        self.source = os.path.join(disk, f"source-{type(self).__name__}")
        self.path = self.source
        os.makedirs(self.source, exist_ok=True)

    def start(self):
        pass

    def stop(self):
        pass

    def cold(self):
        """Nothing of what was read is known any more, neither to the mount nor to the kernel."""
        self.stop()
        drop_caches()
        self.start()

    def behind(self, path):
        """Where the bytes of a large file of the mount lie."""
        return [os.path.join(self.source, os.path.relpath(path, self.path))]

    def clear(self):
        """A fresh directory, whatever was there."""
        for name in os.listdir(self.source):
            path = os.path.join(self.source, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


class Mounted(Native):
    """A program that serves a mount until it is ended; command() says how it is started."""

    def __init__(self, disk, data):
        super().__init__(disk, data)
        self.path = os.path.join(disk, f"mount-{type(self).__name__}")
        self.log = os.path.join(disk, f"{type(self).__name__}.log")
        self.process = None
        os.makedirs(self.path, exist_ok=True)

    def command(self):
        raise NotImplementedError

    def env(self):
        return {}

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **self.env()})

        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended: {open(self.log).read()[-500:]}")
            return os.path.ismount(self.path)

        wait_for(f"{self.name} to mount", ready, 60)

    def stop(self):
        if self.process is None:
            return
        for _ in range(50):
            if not os.path.ismount(self.path) or subprocess.run(["umount", self.path], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


class Bindfs(Mounted):
    name = "bindfs"

    def command(self):
        return ["bindfs", "-f", self.source, self.path]


class PassthroughLl(Mounted):
    """libfuse's example, built from what Debian's libfuse3-dev brings."""

    name = "passthrough_ll"
    EXAMPLES = "/usr/share/doc/libfuse3-dev/examples"

    def command(self):
        program = os.path.join(self.data, "passthrough_ll")
        if not os.path.exists(program):
            flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fuse3"], check=True, capture_output=True, text=True).stdout.split()
            subprocess.run(["gcc", "-O2", f"-I{self.EXAMPLES}", f"{self.EXAMPLES}/passthrough_ll.c", "-o", program, *flags], check=True)
        return [program, "-f", "-o", f"source={self.source},cache=always,timeout=86400,writeback", self.path]


class Example(Mounted):
    """Our own example file system, which shows what the protocol costs without a volume behind it."""

    name = "example"
    OPTIONS = []

    def command(self):
        program = os.path.join(ROOT, "examples/PeerDrive.Fuse.Examples/bin/Release/net10.0/PeerDrive.Fuse.Examples.dll")
        if not os.path.exists(program):
            subprocess.run(["dotnet", "build", os.path.join(ROOT, "examples/PeerDrive.Fuse.Examples"), "-c", "Release", "-v", "quiet"], check=True)
        return ["dotnet", program, "passthrough", self.source, self.path, *self.OPTIONS]


class ExampleKernel(Example):
    """The same, with open files handed to the kernel."""

    name = "example-kernel"
    OPTIONS = ["kernel"]


class PeerDrive(Mounted):
    """A volume, mounted. How it is started is said here only."""

    name = "PeerDrive"

    def __init__(self, disk, data):
        super().__init__(disk, data)
        self.home = os.path.join(disk, "peerdrive-home")
        self.top = self.path

    def command(self):
        return [PEERDRIVE, "up", "--home", self.home, "--mount", self.top]

    def env(self):
        return {"PEERDRIVE_ANNOUNCE": "off", "PEERDRIVE_LISTEN": "127.0.0.1"}

    def start(self):
        is_new = not os.path.exists(self.home)
        super().start()
        if is_new:
            subprocess.run([PEERDRIVE, "volume", "create", "bench", "--home", self.home], check=True, capture_output=True, env={**os.environ, **self.env()})
        # Volumes are folders of the mount; where there is but one it may be the mount itself.
        inside = os.path.join(self.top, "bench")
        self.work = inside if os.path.isdir(inside) else self.top

    def behind(self, path):
        size = os.path.getsize(path)
        files = [os.path.join(folder, name) for folder, _, names in os.walk(self.home) for name in names]
        return [file for file in files if os.path.isfile(file) and os.path.getsize(file) >= size]

    def clear(self):
        for name in os.listdir(self.work):
            path = os.path.join(self.work, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


MOUNTS = {"ext4": Native, "bindfs": Bindfs, "ll": PassthroughLl, "example": Example, "example-kernel": ExampleKernel, "pd": PeerDrive}
