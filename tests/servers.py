"""A real Kafka for the tests: the one named in the environment, one in Docker, one started natively, or none."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from deploy.native.kafka import CannotStart, NativeKafka, free_port
from tests.conftest import cannot_have

IMAGE = "apache/kafka:4.3.1"


class KafkaServer(Protocol):
    """A broker of our own, which a test may kill and bring back with its data."""

    @property
    def url(self) -> str: ...

    async def start(self) -> str: ...

    async def stop(self) -> None: ...

    def kill(self) -> None: ...


class DockerKafka:
    """testcontainers has a class for another vendor's image only; one variable makes this one forget its defaults."""

    def __init__(self) -> None:
        from testcontainers.core.container import DockerContainer

        port = free_port()
        self.url = f"kafka://127.0.0.1:{port}"
        settings = {
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        }
        self._container = DockerContainer(IMAGE).with_bind_ports(9092, port)
        for name, value in settings.items():
            self._container = self._container.with_env(name, value)
        self._container.start()

    async def start(self) -> str:
        inner = self._container.get_wrapped_container()
        inner.reload()
        if inner.status != "running":
            inner.start()
        deadline = time.monotonic() + 60
        while b"Kafka Server started" not in self._container.get_logs()[0]:
            if time.monotonic() > deadline:
                raise CannotStart("Kafka in Docker did not start within 60 s")
            await asyncio.sleep(0.2)
        return self.url

    async def stop(self) -> None:
        self._container.stop()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()


def _docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, timeout=10, check=False)
    # An image that is not there is fetched only where Docker is wanted: a test run does not download half a gigabyte.
    return asked.returncode == 0


@pytest.fixture(scope="session")
def own_kafka() -> Iterator[KafkaServer]:
    """A broker that is ours to kill. A test that kills it brings it back."""
    folder = Path(tempfile.mkdtemp(prefix="heed-kafka-"))
    server: KafkaServer | None = None
    try:
        try:
            server = DockerKafka() if _docker_answers() else NativeKafka(folder)
            asyncio.run(server.start())
        except CannotStart as problem:
            cannot_have("Kafka", str(problem))
        assert server is not None
        yield server
    finally:
        if server is not None:
            asyncio.run(server.stop())
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """The bus URL of a real Kafka."""
    given = os.environ.get("HEED_TEST_KAFKA_URL")
    if given:
        return given
    server: KafkaServer = request.getfixturevalue("own_kafka")
    return server.url
