#!/usr/bin/env python3
"""A mount beside ext4, bindfs and libfuse's passthrough_ll, all on one fresh ext4: medians, and ratios against the targets.

usage: ./bench mount [WORK...] [--peers ext4,bindfs,ll,pd] [--rounds 3] [--megabytes 1024] [--files 10000] [--json FILE]
works: sequential random files latency tree git (default: all). Other peers: example, example-kernel (our examples without a volume).
"""
import argparse, json, os, shutil, statistics, subprocess, tempfile, time
import gen
from measure import Volume
from mounts import MOUNTS, PEERDRIVE

# Work, unit, beside whom, must, aim; ratios are PeerDrive to the other, of MB/s where more is better, else of time.
TARGETS = [
    ("sequential write", "MB/s", "ext4", 0.7, 0.9),
    ("sequential write", "MB/s", "passthrough_ll", 0.6, 1.0),
    ("sequential read, cold", "MB/s", "ext4", 0.7, 0.9),
    # Freshly mounted; what lies behind is in the kernel's memory, as it was for the figures that the target comes from.
    ("sequential read, fresh", "MB/s", "passthrough_ll", 0.6, 1.0),
    ("sequential read, warm", "MB/s", "ext4", 0.7, 0.9),
    ("random 4 KiB read, served", "µs", "passthrough_ll", 1.5, 1.0),
    ("random 4 KiB read, warm", "µs", "ext4", 1.5, 1.2),
    ("create + 64 B + close", "µs", "passthrough_ll", 2.0, 1.2),
    ("stat, cold", "µs", "passthrough_ll", 2.0, 1.0),
    ("readdir + stat", "µs", "passthrough_ll", 2.0, 1.0),
    ("open + read + close", "µs", "passthrough_ll", None, None),
    ("unlink", "µs", "passthrough_ll", 2.5, 1.5),
    ("untar", "s", "passthrough_ll", 2.0, 1.2),
    ("rm -rf", "s", "passthrough_ll", 2.0, 1.2),
    ("git clone", "s", "passthrough_ll", 2.0, 1.2),
    ("git status, warm", "s", "passthrough_ll", 2.0, 1.2),
    # Beside the same peer's own figure while it had nothing else to do.
    ("save p99, busy", "µs", "save p99, idle", 3.0, 1.5),
]


def timed(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def run(*command, **options):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, **options)


def fio(path, rw, megabytes, *options):
    out = subprocess.run(["fio", "--name=x", f"--filename={path}", f"--rw={rw}", f"--size={megabytes}m", "--ioengine=psync", "--output-format=json", "--invalidate=0", *options],
                         check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    return json.loads(out[out.index("{"):])["jobs"][0]


def place(mount):
    """A new directory to work in."""
    top = getattr(mount, "work", mount.path)
    path = os.path.join(top, "work")
    os.makedirs(path, exist_ok=True)
    return path


def sequential(mount, arguments):
    path = os.path.join(place(mount), "large")
    job = fio(path, "write", arguments.megabytes, "--bs=1m", "--refill_buffers=1", "--fallocate=none")
    yield "sequential write", job["write"]["bw_bytes"] / 1e6
    mount.cold()
    yield "sequential read, cold", fio(path, "read", arguments.megabytes, "--bs=1m")["read"]["bw_bytes"] / 1e6
    mount.stop()
    mount.start()
    for file in mount.behind(path):
        run("cat", file)
    yield "sequential read, fresh", fio(path, "read", arguments.megabytes, "--bs=1m")["read"]["bw_bytes"] / 1e6
    yield "sequential read, warm", fio(path, "read", arguments.megabytes, "--bs=1m")["read"]["bw_bytes"] / 1e6


def random(mount, arguments):
    path = os.path.join(place(mount), "random")
    fio(path, "write", 256, "--bs=1m", "--fallocate=none")
    # The kernel has forgotten what it read through the mount, and remembers what lies behind.
    mount.stop()
    mount.start()
    job = fio(path, "randread", 256, "--bs=4k", "--number_ios=20000")
    yield "random 4 KiB read, served", 1e6 / job["read"]["iops"]
    fio(path, "read", 256, "--bs=1m")
    job = fio(path, "randread", 256, "--bs=4k", "--time_based", "--runtime=3", "--norandommap")
    yield "random 4 KiB read, warm", 1e6 / job["read"]["iops"]


def files(mount, arguments):
    count, text = arguments.files, b"x" * 64
    folder = os.path.join(place(mount), "files")
    os.mkdir(folder)
    names = [os.path.join(folder, f"file{i:05d}") for i in range(count)]

    def create():
        for name in names:
            fd = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644)
            os.write(fd, text)
            os.close(fd)

    def stat():
        for name in names:
            os.stat(name)

    def read():
        for name in names:
            fd = os.open(name, os.O_RDONLY)
            if len(os.read(fd, 100)) != 64:
                raise RuntimeError(name)
            os.close(fd)

    def unlink():
        for name in names:
            os.unlink(name)

    yield "create + 64 B + close", timed(create) / count * 1e6
    mount.cold()
    yield "stat, cold", timed(stat) / count * 1e6
    mount.cold()
    yield "readdir + stat", timed(lambda: [entry.stat() for entry in os.scandir(folder)]) / count * 1e6
    read()
    yield "open + read + close", timed(read) / count * 1e6
    yield "unlink", timed(unlink) / count * 1e6


def latency(mount, arguments):
    """How long a small save takes while large files that were written just before are taken in."""
    folder = os.path.join(place(mount), "latency")
    os.mkdir(folder)

    def p99(name, count):
        times = []
        for i in range(count):
            begun = time.perf_counter()
            with open(os.path.join(folder, f"{name}{i}"), "wb", buffering=0) as file:
                file.write(b"x" * 4096)
            times.append(time.perf_counter() - begun)
            time.sleep(0.002)
        return statistics.quantiles(times, n=100)[98] * 1e6

    p99("first", 200)
    time.sleep(5)
    yield "save p99, idle", p99("idle", 1500)
    for i in range(8):
        with open("/dev/urandom", "rb") as source, open(os.path.join(folder, f"large{i}"), "wb", buffering=0) as file:
            for _ in range(arguments.megabytes // 8):
                file.write(source.read(1 << 20))
    yield "save p99, busy", p99("busy", 1500)


def tree(mount, arguments):
    folder = os.path.join(place(mount), "tree")
    os.mkdir(folder)
    yield "untar", timed(lambda: run("tar", "xf", arguments.tar, "-C", folder))
    yield "rm -rf", timed(lambda: run("rm", "-rf", folder))


def git(mount, arguments):
    folder = os.path.join(place(mount), "clone")
    yield "git clone", timed(lambda: run("git", "clone", "--quiet", arguments.repository, folder))
    run("git", "status", cwd=folder)
    yield "git status, warm", timed(lambda: run("git", "status", cwd=folder))


WORKS = {"sequential": sequential, "random": random, "files": files, "latency": latency, "tree": tree, "git": git}


def prepare(arguments):
    """The source tree as a tar file and as a repository, made once."""
    arguments.tar, arguments.repository = os.path.join(arguments.data, "src.tar"), os.path.join(arguments.data, "src.git")
    if not {"tree", "git"} & set(arguments.works):
        return
    source = gen.ensure(arguments.data, "src")
    if not os.path.exists(arguments.tar):
        run("tar", "cf", arguments.tar + "~", "-C", source, ".")
        os.rename(arguments.tar + "~", arguments.tar)
    if not os.path.exists(arguments.repository):
        with tempfile.TemporaryDirectory() as folder:
            tree = os.path.join(folder, "tree")
            shutil.copytree(source, tree, symlinks=True)
            # Git's own cleaning would go on behind, while the tree is removed.
            identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "maintenance.auto=false", "-c", "gc.auto=0"]
            run("git", "init", "--quiet", cwd=tree)
            run("git", "add", "--all", "--force", cwd=tree)
            run("git", *identity, "commit", "--quiet", "-m", "source", cwd=tree)
            run("git", "clone", "--quiet", "--bare", tree, arguments.repository + "~")
            run("git", "repack", "-a", "-d", "-q", cwd=arguments.repository + "~")
            os.rename(arguments.repository + "~", arguments.repository)


def number(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def show(medians):
    peers = list(medians)
    print(f"\n{'':26}" + "".join(f"{peer:>16}" for peer in peers) + f"{'unit':>7}")
    units = {work: unit for work, unit, *_ in TARGETS}
    for work in units:
        if any(work in medians[peer] for peer in peers):
            print(f"{work:26}" + "".join(f"{number(medians[peer][work]):>16}" if work in medians[peer] else f"{'–':>16}" for peer in peers) + f"{units[work]:>7}")
    judged = [peer for peer in peers if peer not in ("ext4", "passthrough_ll", "bindfs")]
    for peer in judged:
        print(f"\n{peer + ' beside':26}{'':16}{'ratio':>8}{'must':>9}{'aim':>9}")
        for work, unit, beside, must, aim in TARGETS:
            other = medians[peer].get(beside) or medians.get(beside, {}).get(work)
            if other is None or work not in medians[peer]:
                continue
            ratio = medians[peer][work] / other
            sign = "≥" if unit == "MB/s" else "≤"
            met = lambda bound: ratio >= bound if unit == "MB/s" else ratio <= bound
            verdict = "" if must is None else "aim" if met(aim) else "must" if met(must) else "SHORT"
            bounds = f"{'–':>9}{'–':>9}" if must is None else f"{sign + ' ' + format(must, '.1f'):>9}{sign + ' ' + format(aim, '.1f'):>9}"
            print(f"{work:26}{beside:16}{ratio:8.2f}{bounds}  {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", default=[])
    parser.add_argument("--peers", default="ext4,bindfs,ll,pd")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--json")
    parser.add_argument("--data", default=os.environ.get("BENCH_DATA", os.path.join(tempfile.gettempdir(), "peerdrive-bench-data")))
    arguments = parser.parse_args()
    arguments.works = arguments.works or list(WORKS)
    os.makedirs(arguments.data, exist_ok=True)
    prepare(arguments)
    if "pd" in arguments.peers.split(","):
        # Built before it is waited for.
        run(PEERDRIVE, "--version")
    measured = {}
    for turn in range(arguments.rounds):
        for peer in arguments.peers.split(","):
            disk = Volume()
            mount = MOUNTS[peer](disk.path, arguments.data)
            try:
                mount.start()
                for work in arguments.works:
                    try:
                        for name, value in WORKS[work](mount, arguments):
                            measured.setdefault(mount.name, {}).setdefault(name, []).append(value)
                            print(f"round {turn + 1} {mount.name:16}{name:26}{number(value):>12}", flush=True)
                    except (OSError, subprocess.CalledProcessError) as e:
                        said = getattr(e, "stderr", None) or str(e).encode()
                        print(f"round {turn + 1} {mount.name:16}{work} FAILED: {said.decode(errors='replace').strip().splitlines()[-1]}", flush=True)
                    mount.clear()
            finally:
                mount.stop()
                disk.close()
    medians = {peer: {name: statistics.median(values) for name, values in works.items()} for peer, works in measured.items()}
    show(medians)
    if arguments.json:
        with open(arguments.json, "w") as f:
            json.dump({"measured": measured, "medians": medians}, f, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
