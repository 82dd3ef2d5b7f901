"""A real Elasticsearch 8 of one node or several, made from the parts that are published on Maven Central.

They are put together once, in a folder of this person's cache, and used by every start after that. It has no security,
and none of the modules that are published elsewhere: what it lacks, the engine must not need.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from backing.debian import NotInstalledError, install_from_debian

VERSION = "8.19.0"
JAVA = "17"
HERE = Path(__file__).parent
HOME = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "social-wiki" / f"elasticsearch-{VERSION}"
HEAP = "512m"
SECONDS_TO_START = 90
HOW_TO_GET_IT = (
    "A real Elasticsearch is put together with a JDK 17 or newer and Maven.\n"
    "On Debian or Ubuntu: sudo apt-get install openjdk-17-jdk-headless maven"
)
# The server brings these along, and two of each would not start.
IN_THE_SERVER = ("elasticsearch-core", "elasticsearch-entitlement")
PLUGIN = f"""description=HTTP and transport
version={VERSION}
name=transport-netty4
classname=org.elasticsearch.transport.netty4.Netty4Plugin
java.version={JAVA}
elasticsearch.version={VERSION}
"""
LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


@dataclass
class Node:
    """One process of a cluster.

    Args:
        port: where it answers HTTP.
        process: itself, which a test may stop, hang or kill.
    """

    name: str
    port: int
    folder: Path
    heap: str = HEAP
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, owner: int | None = None) -> None:
        """Start it; where it has an owner, it ends with that process, however that ends."""
        guard = [sys.executable, str(HERE / "guard.py"), str(owner)] if owner else []
        with (self.folder / "said.log").open("ab") as said:
            self.process = subprocess.Popen(
                [*guard, *command_for(self)], stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def hang(self) -> None:
        """Let it answer nothing, though whoever calls is still put through."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def wait_until_it_answers(self) -> None:
        """Wait for its HTTP, and for a cluster that can be written to.

        Raises:
            RuntimeError: it ended, or took too long; the message holds the last it said.
        """
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            with suppress(OSError):
                wanted = f"{self.address}/_cluster/health?wait_for_status=yellow&timeout=20s"
                with urllib.request.urlopen(wanted, timeout=25) as answer:
                    if answer.status == 200:
                        return
            time.sleep(0.1)
        raise RuntimeError("Elasticsearch did not start:\n" + (self.folder / "said.log").read_text()[-2000:])


@dataclass
class Cluster:
    nodes: list[Node] = field(default_factory=list)

    @property
    def addresses(self) -> str:
        """As the product's setting takes them."""
        return ",".join(node.address for node in self.nodes)


def build() -> Path:
    """Put the server together unless that was done before; returns its folder.

    Raises:
        NotInstalledError: there is no JDK or Maven, and none can be installed, or the parts could not be had.
    """
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with (HOME.parent / "elasticsearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_from = digest_of_parts()
        if (HOME / "whole").exists() and (HOME / "whole").read_text() == made_from:
            return HOME
        if not (shutil.which("javac") and shutil.which("mvn")):
            print("Installing a JDK and Maven, by which Elasticsearch is put together ...", flush=True)
            if not install_from_debian("openjdk-17-jdk-headless", "maven") or not shutil.which("mvn"):
                raise NotInstalledError(HOW_TO_GET_IT)
        print("Putting Elasticsearch together from Maven Central (40 MB, once) ...", flush=True)
        shutil.rmtree(HOME, ignore_errors=True)
        modules = HOME / "modules" / "transport-netty4"
        _fetch_jars("server.xml", HOME / "lib")
        _fetch_jars("transport.xml", modules)
        for name in IN_THE_SERVER:
            for jar in modules.glob(f"{name}-*.jar"):
                jar.unlink()
        (modules / "plugin-descriptor.properties").write_text(PLUGIN)
        _run("javac", "-cp", f"{HOME / 'lib'}/*", "-d", str(HOME / "lib"), str(HERE / "StartNode.java"))
        (HOME / "whole").write_text(made_from)
    return HOME


def digest_of_parts() -> str:
    """A digest of what says how the server is put together."""
    total = hashlib.sha256()
    for name in ("server.xml", "transport.xml", "StartNode.java"):
        total.update((HERE / name).read_bytes())
    return total.hexdigest()


def _fetch_jars(pom: str, folder: Path) -> None:
    _run(
        "mvn", "-q", "-B", "-f", str(HERE / pom), "dependency:copy-dependencies", "-DincludeScope=runtime",
        f"-DoutputDirectory={folder}",
    )  # fmt: skip


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NotInstalledError(f"{command[0]} could not do its part:\n{done.stdout[-1500:]}\n{HOW_TO_GET_IT}")


def command_for(node: Node) -> list[str]:
    return [
        "java", f"-Xms{node.heap}", f"-Xmx{node.heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-Xshare:auto",
        f"-Des.path.home={HOME}", f"-Des.path.conf={node.folder / 'config'}", f"-Des.logs.base_path={node.folder}",
        "-Des.logs.cluster_name=social-wiki", f"-Des.logs.node_name={node.name}",
        "-cp", f"{HOME / 'lib'}:{HOME / 'lib'}/*", "StartNode",
    ]  # fmt: skip


def make_nodes(folder: Path, number: int, heap: str = HEAP) -> Cluster:
    """Write down the settings of so many nodes that form one cluster. Each has two free ports."""
    ports = free_ports(2 * number)
    names = [f"node-{place}" for place in range(number)]
    transports = ports[number:]
    nodes = []
    for place, name in enumerate(names):
        node = Node(name, ports[place], folder / name, heap)
        (node.folder / "config").mkdir(parents=True)
        if number == 1:
            finding = "discovery.type: single-node"
        else:
            seeds = ", ".join(f'"127.0.0.1:{port}"' for port in transports)
            finding = f"discovery.seed_hosts: [{seeds}]\ncluster.initial_master_nodes: [{', '.join(names)}]"
        (node.folder / "config" / "elasticsearch.yml").write_text(
            f"cluster.name: social-wiki\nnode.name: {name}\n{finding}\n"
            f"network.host: 127.0.0.1\nhttp.port: {ports[place]}\ntransport.port: {transports[place]}\n"
            f"path.data: {node.folder / 'data'}\npath.logs: {node.folder}\n"
            "cluster.routing.allocation.disk.threshold_enabled: false\n"
            # A test makes an index of its own, and many run.
            "cluster.max_shards_per_node: 5000\n"
        )
        (node.folder / "config" / "log4j2.properties").write_text(LOGGING)
        nodes.append(node)
    return Cluster(nodes)


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def running(number: int = 1, heap: str = HEAP) -> Iterator[Cluster]:
    """A cluster of its own, gone at the end with all that it held.

    Raises:
        NotInstalledError: it cannot be put together on this machine.
    """
    build()
    folder = Path(tempfile.mkdtemp(prefix="social-wiki-elasticsearch-"))
    cluster = make_nodes(folder, number, heap)
    try:
        for node in cluster.nodes:
            node.start()
        for node in cluster.nodes:
            node.wait_until_it_answers()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
        shutil.rmtree(folder, ignore_errors=True)


def start_for_many(folder: Path, owner: int) -> str:
    """The address of a server that several processes share, started by the first that asks.

    Args:
        folder: where they meet; whoever made it calls `end_for_many` at last.
        owner: the process without which the server is not needed any more.

    Raises:
        NotInstalledError: it cannot be put together on this machine.
    """
    with (folder / "elasticsearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "elasticsearch.address"
        if not told.exists():
            build()
            cluster = make_nodes(folder / "elasticsearch", 1)
            node = cluster.nodes[0]
            node.start(owner)
            assert node.process is not None
            (folder / "elasticsearch.pid").write_text(str(node.process.pid))
            node.wait_until_it_answers()
            told.write_text(cluster.addresses)
        return told.read_text()


def end_for_many(folder: Path) -> None:
    """End the server that was started in a folder, if there is one."""
    with suppress(OSError, ValueError):
        os.kill(int((folder / "elasticsearch.pid").read_text()), signal.SIGTERM)


def main() -> int:
    """Build it, and run one until somebody ends it."""
    try:
        with running() as cluster:
            print(f"Elasticsearch {VERSION} answers at {cluster.addresses} (stop it with Ctrl-C)", flush=True)
            signal.pause()
    except NotInstalledError as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0
