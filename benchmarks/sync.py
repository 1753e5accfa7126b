#!/usr/bin/env python3
"""Two nodes on loopback: start of join to all bytes equal, beside Syncthing and rsync's daemon, in one run.

usage: ./bench sync [SET...] [--peers pd,st,rsync] [--data DIR]     sets: small src big ins ren edit (default: all)
"""
import argparse, os, shutil, subprocess, sys, tempfile, time
import gen
from measure import Volume, count_files, differences, drop_caches, wait_for
from peers import PeerDrive, Rsync, Syncthing

PEERS = {"pd": PeerDrive, "st": Syncthing, "rsync": Rsync}


class Rows(list):
    """Shows each row as soon as it is known: a run takes minutes."""

    HEAD = f"{'set':6} {'peer':13} {'wall s':>8} {'CPU s':>7} {'peak MiB':>9} {'bytes on the wire':>18}"

    def append(self, row):
        if not self:
            print(self.HEAD, flush=True)
        super().append(row)
        name, peer, wall, cpu, peak, wire, note = row
        print(f"{name:6} {peer:13} {wall:8.2f} {cpu:7.2f} {peak:9.0f} {wire:18,} {note}", flush=True)


def copy(source, target):
    subprocess.run(["cp", "-a", source + "/.", target], check=True)


def whole(peer, disk, name, data, rows):
    source, target = disk.folder(f"{name}-{peer}-source"), disk.folder(f"{name}-{peer}-target")
    copy(data, source)
    node = PEERS[peer](disk.path, name)
    try:
        scan = node.start(source)
        wall, cpu = node.transfer(source, target)
        wrong = differences(source, target)
        rows.append((name, node.name, wall, cpu, node.peak(), node.bytes(), f"scan {scan:.1f} s" + (f", {len(wrong)} differ: {wrong[:2]}" if wrong else "")))
    finally:
        node.stop()
    shutil.rmtree(source)
    shutil.rmtree(target)


def change(peer, disk, name, data, rows, act):
    """Bytes on the wire for one change after both sides were equal."""
    source, target = disk.folder(f"{name}-{peer}-source"), disk.folder(f"{name}-{peer}-target")
    copy(data, source)
    node = PEERS[peer](disk.path, name)
    try:
        node.start(source)
        node.transfer(source, target)
        time.sleep(2)
        before, begun = node.bytes(), time.monotonic()
        act(source)
        node.settle() if hasattr(node, "settle") else None
        if peer == "rsync":
            node.transfer(source, target)
        wait_for("the change", lambda: not differences(source, target), 300, 0.5)
        rows.append((name, node.name, time.monotonic() - begun, 0, node.peak(), node.bytes() - before, ""))
    finally:
        node.stop()
    shutil.rmtree(source)
    shutil.rmtree(target)


def edit(disk, rows, rounds=30):
    """Time from closing a file on one side to reading it on the other, PeerDrive with default settings."""
    source, target = disk.folder("edit-source"), disk.folder("edit-target")
    node = PeerDrive(disk.path, "edit")
    times = []
    try:
        with open(os.path.join(source, "first"), "w") as f:
            f.write("x")
        node.start(source)
        node.transfer(source, target)
        for i in range(rounds):
            text = f"round {i}"
            with open(os.path.join(source, "note.txt"), "w") as f:
                f.write(text)
            begun, path = time.monotonic(), os.path.join(target, "note.txt")
            wait_for("the edit", lambda: os.path.exists(path) and open(path).read() == text, 30, 0.001)
            times.append(time.monotonic() - begun)
            time.sleep(1.2)
        times.sort()
        rows.append(("edit", node.name, times[len(times) // 2], 0, node.peak(), 0, f"median of {rounds}; p90 {times[rounds * 9 // 10] * 1000:.0f} ms, max {times[-1] * 1000:.0f} ms"))
    finally:
        node.stop()


def insert(data):
    def act(source):
        with open(os.path.join(data, "inserted.bin"), "rb") as f, open(os.path.join(source, "base.bin"), "wb") as g:
            shutil.copyfileobj(f, g, 1 << 20)
    return act


def rename(source):
    os.rename(os.path.join(source, "dir"), os.path.join(source, "renamed"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=[])
    parser.add_argument("--peers", default="pd,st,rsync")
    parser.add_argument("--data", default=os.environ.get("BENCH_DATA", os.path.join(tempfile.gettempdir(), "peerdrive-bench-data")))
    arguments = parser.parse_args()
    os.makedirs(arguments.data, exist_ok=True)
    sets, rows = arguments.sets or ["small", "src", "big", "ins", "ren", "edit"], Rows()
    for name in sets:
        data = None if name == "edit" else gen.ensure(arguments.data, name)
        disk = Volume()
        try:
            drop_caches()
            if name == "edit":
                edit(disk, rows)
                continue
            for peer in arguments.peers.split(","):
                if name in ("ins", "ren"):
                    base = data
                    if name == "ins":
                        base = disk.folder(f"base-{peer}")
                        shutil.copy2(os.path.join(data, "base.bin"), base)
                    change(peer, disk, name, base, rows, insert(data) if name == "ins" else rename)
                else:
                    whole(peer, disk, name, data, rows)
        finally:
            disk.close()
    print()
    for name in dict.fromkeys(row[0] for row in rows):
        found = {row[1]: row for row in rows if row[0] == name}
        for other in ("Syncthing", "rsync daemon"):
            if "PeerDrive" in found and other in found:
                a, b = found["PeerDrive"], found[other]
                cpu = f", CPU {a[3] / b[3]:.2f}" if b[3] else ""
                print(f"{name}: PeerDrive / {other}: wall {a[2] / b[2]:.2f}{cpu}, bytes {a[5] / max(1, b[5]):.2f}")


if __name__ == "__main__":
    main()
