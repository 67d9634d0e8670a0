"""A real Kafka broker without Docker: one node (KRaft) on loopback, for tests and for trying the production stack.

    python -m deploy.native.kafka [FOLDER]

starts one, prints its URL and stops it at Ctrl-C. Needs Java 17 and, the first time, Maven (Debian: `apt-get install
default-jre-headless maven`). What is downloaded stays in ~/.cache/heed, by version.
"""

import argparse
import asyncio
import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Final

VERSION: Final = "4.3.1"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0

_POM: Final = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>heed</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-storage</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
"""

# One node keeps everything once, so every replication factor is 1. The short session is for tests of killed members.
_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
"""

_LOGGING: Final = """\
rootLogger.level=WARN
rootLogger.appenderRefs=out
rootLogger.appenderRef.out.ref=out
appenders=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
"""


class CannotStart(Exception):  # noqa: N818 - said to a person
    """Kafka did not start; the message says why and what to do."""


class NativeKafka:
    """One broker over one folder. After `kill` or `stop`, `start` brings it back on the same port with its data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._port = free_port()
        self._controller = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"kafka://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Returns the bus URL. Raises CannotStart with a sentence that says what to do."""
        await asyncio.to_thread(self._launch)
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await _listens(self._port):
            if self._process is None or self._process.poll() is not None:
                raise CannotStart(f"Kafka ended while starting; its last words are in {self._log}")
            if asyncio.get_running_loop().time() > deadline:
                await self.stop()
                raise CannotStart(f"Kafka did not answer within {START_SECONDS:.0f} s; see {self._log}")
            await asyncio.sleep(0.1)
        return self.url

    async def stop(self) -> None:
        """A clean shutdown by the process id that was started; a broker that will not go is killed."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """What a power cut does. For tests of what survives it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def _log(self) -> Path:
        return self._folder / "kafka.log"

    def _launch(self) -> None:
        libs = _libraries()
        self._folder.mkdir(parents=True, exist_ok=True)
        properties = self._folder / "server.properties"
        data = self._folder / "data"
        properties.write_text(_PROPERTIES.format(port=self._port, controller=self._controller, data=data))
        logging = self._folder / "log4j2.properties"
        logging.write_text(_LOGGING)
        java = ["java", f"-Dlog4j2.configurationFile={logging}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        if not (data / "meta.properties").exists():
            self._format([*java, "-cp", f"{libs}/*", "kafka.tools.StorageTool"], properties)
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, and we stop the broker ourselves.
            self._process = subprocess.Popen(
                [*java, "-Xmx384m", "-cp", f"{libs}/*", "kafka.Kafka", str(properties)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _format(self, tool: list[str], properties: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # A cluster id that begins with "-" would be read as an option.
        cluster = f"A{cluster[1:]}"
        command = [*tool, "format", "--standalone", "-t", cluster, "-c", str(properties)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotStart(f"Kafka could not format its storage: {done.stderr.strip()[-300:]}")


def _libraries() -> Path:
    """The folder with Kafka's jars, downloaded when it is not there yet."""
    libs = _cache() / f"kafka-{VERSION}" / "libs"
    if shutil.which("java") is None:
        raise CannotStart("Kafka needs Java 17 or newer (Debian: apt-get install default-jre-headless)")
    if libs.is_dir():
        return libs
    if shutil.which("mvn") is None:
        raise CannotStart("Kafka is downloaded by Maven, which is not installed (Debian: apt-get install maven)")
    libs.parent.mkdir(parents=True, exist_ok=True)
    # Downloaded beside its place and moved there when whole, so that a cut-off download is not taken for Kafka.
    making = Path(tempfile.mkdtemp(prefix="making-", dir=libs.parent))
    try:
        (making / "pom.xml").write_text(_POM.format(version=VERSION))
        goal = ["dependency:copy-dependencies", "-DoutputDirectory=libs", "-DincludeScope=runtime"]
        done = subprocess.run(["mvn", "-q", "-B", *goal], cwd=making, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotStart(f"Kafka could not be downloaded: {done.stdout.strip()[-300:]}")
        # Another start may have been quicker; its jars are as good.
        with contextlib.suppress(OSError):
            (making / "libs").rename(libs)
        return libs
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "heed"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _serve(folder: Path) -> None:
    server = NativeKafka(folder)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"Starting Kafka {VERSION} in {folder} …", flush=True)
    print(f"HEED_BUS_URL={await server.start()}  (process {server.pid}; Ctrl-C stops it)", flush=True)
    try:
        await stop.wait()
    finally:
        await server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.native.kafka", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where its data lives (default: in ~/.cache/heed)")
    folder = parser.parse_args().folder or _cache() / f"kafka-{VERSION}" / "server"
    try:
        asyncio.run(_serve(folder))
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
