"""The programs that are measured, each with the same few verbs."""
import http.client, json, os, re, shutil, socket, subprocess, time, urllib.request
from measure import Process, count_files, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PEERDRIVE = os.path.join(os.path.dirname(HERE), "peerdrive")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket: asking a node costs it and the machine next to nothing, unlike starting a program."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class PeerDrive:
    name = "PeerDrive"

    def __init__(self, disk, label):
        self.disk, self.homes = disk, [os.path.join(disk, f"{label}-pd-{x}") for x in "ab"]
        self.env = {"PEERDRIVE_ANNOUNCE": "off", "PEERDRIVE_LISTEN": "127.0.0.1"}
        self.nodes = []

    def run(self, node, *arguments):
        out = subprocess.run([PEERDRIVE, *arguments, "--home", self.homes[node], "--json"], capture_output=True, text=True, env={**os.environ, **self.env})
        if out.returncode:
            raise RuntimeError(f"peerdrive {' '.join(arguments)}: {out.stderr}")
        return json.loads(out.stdout) if out.stdout.strip() else None

    def status(self, node):
        connection = SocketConnection(os.path.join(self.homes[node], "peerdrive.sock"))
        try:
            connection.request("GET", "/api/v1/status")
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def run_version(self):
        """Builds what changed before anything is measured."""
        subprocess.run([PEERDRIVE, "--version"], check=True, capture_output=True, env={**os.environ, **self.env})

    def quiet(self, node, files):
        s = self.status(node)
        if not s or not s["volumes"]:
            return None
        v = s["volumes"][0]
        busy = v["missingContents"] or any(l["state"] != "watching" or l["pendingWrites"] for l in v["links"]) or not v["links"]
        return s if not busy and v["files"] >= files else None

    def start(self, source):
        """Both nodes run; the first has taken in the source."""
        self.run_version()
        for i, extra in enumerate((["--link", source], [])):
            self.nodes.append(Process([PEERDRIVE, "up", "--home", self.homes[i], *extra], self.homes[i] + ".log", self.env))
        begun = time.monotonic()
        files = count_files(source)
        wait_for("the first scan", lambda: self.quiet(0, files), 900, 0.2)
        wait_for("the second node", lambda: self.status(1), 60)
        self.volume = self.status(0)["volumes"][0]["id"]
        return time.monotonic() - begun

    def transfer(self, source, target):
        ticket = self.run(0, "invite", self.volume)["ticket"]
        files = count_files(source)
        cpu = [n.cpu() for n in self.nodes]
        begun = time.monotonic()
        self.run(1, "join", ticket, "--folder", target)
        wait_for("the transfer", lambda: self.quiet(1, files), 900, 0.1)
        return time.monotonic() - begun, sum(n.cpu() for n in self.nodes) - sum(cpu)

    def bytes(self):
        s = self.status(0)
        return s["bytesSent"] + s["bytesReceived"]

    def peak(self):
        return max(n.peak() for n in self.nodes)

    def settle(self):
        pass

    def stop(self):
        for node in self.nodes:
            node.stop()


class Syncthing:
    name = "Syncthing"

    def __init__(self, disk, label):
        self.homes = [os.path.join(disk, f"{label}-st-{x}") for x in "ab"]
        self.ports = [(free_port(), free_port()) for _ in "ab"]
        self.nodes = []

    def rest(self, node, path, method="GET", body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[node][0]}/rest/{path}", method=method, headers={"X-API-Key": "bench"}, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def start(self, source):
        self.ids = []
        for i in (0, 1):
            os.makedirs(self.homes[i])
            env = {**os.environ, "HOME": self.homes[i]}
            subprocess.run(["syncthing", "-generate", self.homes[i]], check=True, capture_output=True, env=env)
            path = os.path.join(self.homes[i], "config.xml")
            xml = open(path).read()
            self.ids.append(re.search(r'<device id="([A-Z0-9-]{63})"', xml).group(1))
            xml = re.sub(r"<folder .*?</folder>", "", xml, flags=re.S)
            xml = re.sub(r"<address>127.0.0.1:\d+</address>", f"<address>127.0.0.1:{self.ports[i][0]}</address>", xml)
            xml = re.sub(r"<apikey>.*?</apikey>", "<apikey>bench</apikey>", xml)
            for key, value in dict(
                    listenAddress=f"tcp://127.0.0.1:{self.ports[i][1]}", globalAnnounceEnabled="false", localAnnounceEnabled="false", relaysEnabled="false",
                    natEnabled="false", crashReportingEnabled="false", urAccepted="-1", startBrowser="false", reconnectionIntervalS="2", autoUpgradeIntervalH="0").items():
                xml = re.sub(rf"<{key}>.*?</{key}>", f"<{key}>{value}</{key}>", xml)
            open(path, "w").write(xml)
            self.nodes.append(Process(["syncthing", "-home", self.homes[i], "-no-browser", "-no-restart"], self.homes[i] + ".log", {"HOME": self.homes[i], "STNOUPGRADE": "1"}))
        for i in (0, 1):
            wait_for("Syncthing", lambda: self.alive(i), 60)
            self.rest(i, "config/devices", "POST", {"deviceID": self.ids[1 - i], "addresses": [f"tcp://127.0.0.1:{self.ports[1 - i][1]}"]})
        begun = time.monotonic()
        self.rest(0, "config/folders", "POST", {"id": "bench", "path": source, "devices": [{"deviceID": self.ids[0]}]})
        files = count_files(source)
        wait_for("the first scan", lambda: self.folder(0, files), 900, 0.2)
        wait_for("a connection", lambda: self.rest(1, "system/connections")["connections"][self.ids[0]]["connected"], 120)
        return time.monotonic() - begun

    def alive(self, node):
        try:
            return self.rest(node, "system/ping")
        except OSError:
            return None

    def folder(self, node, files):
        try:
            s = self.rest(node, "db/status?folder=bench")
        except OSError:
            return None
        return s["state"] == "idle" and s["needTotalItems"] == 0 and s["localFiles"] >= files

    def transfer(self, source, target):
        files = count_files(source)
        cpu = [n.cpu() for n in self.nodes]
        begun = time.monotonic()
        both = [{"deviceID": d} for d in self.ids]
        self.rest(1, "config/folders", "POST", {"id": "bench", "path": target, "devices": both})
        self.rest(0, "config/folders/bench", "PATCH", {"devices": both})
        wait_for("the transfer", lambda: self.folder(1, files), 900, 0.1)
        return time.monotonic() - begun, sum(n.cpu() for n in self.nodes) - sum(cpu)

    def settle(self):
        self.rest(0, "db/scan?folder=bench", "POST")

    def bytes(self):
        total = self.rest(0, "system/connections")["total"]
        return total["inBytesTotal"] + total["outBytesTotal"]

    def peak(self):
        return max(n.peak() for n in self.nodes)

    def stop(self):
        for node in self.nodes:
            node.stop()


class Rsync:
    name = "rsync daemon"

    def __init__(self, disk, label):
        self.disk, self.port, self.sent = os.path.join(disk, f"{label}-rsync"), free_port(), 0
        os.makedirs(self.disk)

    def start(self, source):
        config = os.path.join(self.disk, "rsyncd.conf")
        with open(config, "w") as f:
            f.write(f"use chroot = no\nuid = {os.getuid()}\ngid = {os.getgid()}\n[bench]\npath = {source}\nread only = yes\n")
        self.daemon = Process(["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={self.port}", f"--config={config}"], os.path.join(self.disk, "log"))
        wait_for("rsync", self.alive, 20)
        return 0.0

    def alive(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def transfer(self, source, target):
        usage = os.times()
        begun = time.monotonic()
        out = subprocess.run(["rsync", "-a", "--stats", f"rsync://127.0.0.1:{self.port}/bench/", target + "/"], capture_output=True, text=True, check=True)
        took = time.monotonic() - begun
        now = os.times()
        for line in out.stdout.splitlines():
            if line.startswith(("Total bytes sent", "Total bytes received")):
                self.sent += int(re.sub(r"\D", "", line))
        # The daemon's worker has ended: its time is counted as its parent's children's.
        return took, now.children_user + now.children_system - usage.children_user - usage.children_system + self.daemon.cpu()

    def bytes(self):
        return self.sent

    def peak(self):
        return self.daemon.peak()

    def stop(self):
        self.daemon.stop()
