"""docker-compose.yml, read as data: every process checked for health, and none with more rights than it needs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.databases import KINDS, SERVICES
from deploy.environment import database_variable

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = (*SERVICES, "gateway")
SERVERS = ("postgres", "kafka", "storage", "mail")


def test_each_service_is_a_container_of_its_own_beside_the_servers_it_needs() -> None:
    assert set(CONTAINERS) == {*OURS, *SERVERS, "migrate", "heed"}
    assert all(CONTAINERS[name]["command"] == ["run", name] for name in OURS)


@pytest.mark.parametrize("name", CONTAINERS)
def test_no_container_may_more_than_it_needs(name: str) -> None:
    container = CONTAINERS[name]
    assert container["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in container["security_opt"]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert container["cpus"]
    assert not container.get("privileged")
    assert "network_mode" not in container
    # Kafka's own image writes its configuration beside its programs; everything else runs on a read-only root.
    assert container["read_only"] is (name != "kafka")


@pytest.mark.parametrize("name", ["postgres", "storage"])
def test_a_server_whose_entrypoint_steps_down_to_its_own_user_may_do_that(name: str) -> None:
    # Their images begin as root to hand the volume over; without these two they end at once, again and again.
    assert {"SETUID", "SETGID", "CHOWN"} <= set(CONTAINERS[name]["cap_add"])


def test_the_command_line_is_started_by_hand_only_and_knows_every_login_that_a_service_has() -> None:
    line = CONTAINERS["heed"]
    assert line["profiles"] == ["command"]
    assert line["restart"] == "no"
    for name in SERVICES:
        for kind in ("app", "worker"):
            variable = database_variable(name, kind)
            assert line["environment"][variable] == CONTAINERS[name]["environment"][variable]
    assert "HEED_PASSWORDS" not in line["environment"]


def test_kafka_is_asked_by_a_tool_that_does_not_take_the_broker_s_heap_a_second_time() -> None:
    assert CONTAINERS["kafka"]["healthcheck"]["test"][1:3] == ["env", "KAFKA_HEAP_OPTS=-Xmx64m"]


@pytest.mark.parametrize("name", SERVERS)
def test_each_server_says_when_it_is_healthy(name: str) -> None:
    assert CONTAINERS[name]["healthcheck"]["test"][0] == "CMD"


def test_postgres_is_asked_over_tcp_because_its_socket_answers_too_early() -> None:
    assert CONTAINERS["postgres"]["healthcheck"]["test"][:4] == ["CMD", "pg_isready", "-h", "127.0.0.1"]
    assert CONTAINERS["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_waits_until_what_it_needs_is_healthy(name: str) -> None:
    for needed, condition in CONTAINERS[name]["depends_on"].items():
        expected = "service_completed_successfully" if needed == "migrate" else "service_healthy"
        assert condition == {"condition": expected}


@pytest.mark.parametrize("name", SERVERS)
def test_images_are_pinned_by_tag(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9/.-]+:v?\d[\w.-]+", CONTAINERS[name]["image"])


def test_only_the_gateway_and_the_mail_page_are_reached_from_this_machine_and_nothing_from_outside() -> None:
    ports = {name: c["ports"] for name, c in CONTAINERS.items() if "ports" in c}
    assert ports == {"gateway": ["127.0.0.1:8000:8000"], "mail": ["127.0.0.1:8025:8025"]}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_knows_the_way_into_its_own_database_and_no_other(name: str) -> None:
    for other in SERVICES:
        for kind in KINDS:
            known = database_variable(other, kind) in CONTAINERS[name]["environment"]
            assert known is (other == name and kind in {"app", "worker"})
    assert "HEED_PASSWORDS" not in CONTAINERS[name]["environment"]


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.search(r"(SECRET|PASSWORD)\w*:", line):
            assert "${" in line, line


def test_make_env_writes_a_secret_for_everything_the_file_asks_for(tmp_path: Path) -> None:
    (tmp_path / "deploy/docker").mkdir(parents=True)
    script = shutil.copy(ROOT / "deploy/docker/make-env", tmp_path / "deploy/docker/make-env")
    subprocess.run(["sh", script], check=True, capture_output=True)
    written = (tmp_path / ".env").read_text(encoding="utf-8")
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    given = dict(line.split("=", 1) for line in written.splitlines() if not line.startswith("#"))
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)(?::\?[^}]*)?\}", text))
    assert asked <= set(given)
    assert all(len(value) >= 43 for value in given.values())
    again = subprocess.run(["sh", script], check=False, capture_output=True)
    assert again.returncode == 1
    assert (tmp_path / ".env").read_text(encoding="utf-8") == written


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if hadolint is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run(
        [hadolint, str(ROOT / "deploy/docker/Dockerfile")], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_docker_compose_reads_the_file_as_we_do(tmp_path: Path) -> None:
    """Compose knows more rules than YAML does: unknown keys, wrong types, a variable without a value."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    house = tmp_path / "house"
    (house / "deploy/docker").mkdir(parents=True)
    shutil.copy(ROOT / "docker-compose.yml", house)
    command = [docker, "compose", "--profile", "command", "config", "--format", "json"]
    refused = subprocess.run(command, cwd=house, check=False, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "run sh deploy/docker/make-env first" in refused.stderr
    script = shutil.copy(ROOT / "deploy/docker/make-env", house / "deploy/docker/make-env")
    subprocess.run(["sh", script], check=True, capture_output=True)
    read = subprocess.run(command, cwd=house, check=False, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    assert set(json.loads(read.stdout)["services"]) == set(CONTAINERS)


def test_the_health_check_of_the_image_asks_at_the_port_that_the_service_was_given() -> None:
    assert "HEED_PORT" in (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8").partition("HEALTHCHECK")[2]


def test_the_last_stage_runs_as_nobody_in_particular_and_brings_no_tools() -> None:
    last = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8").rpartition("FROM ")[2]
    assert "USER 10001:10001" in last
    assert "HEALTHCHECK" in last
    assert not re.search(r"pip install|apt-get|COPY \. ", last)
