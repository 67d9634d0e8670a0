"""The `heed` command: what it says when something is wrong, and with which exit code."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from deploy.cli import app
from tests.deploy.heed import heed


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_every_command_teaches_in_its_help() -> None:
    root = typer.main.get_command(app)
    commands = dict(root.commands)  # type: ignore[attr-defined]
    assert {"up", "run", "migrate", "demo", "staff", "doctor"} <= set(commands)
    for name, command in commands.items():
        assert command.help or command.commands, name
    said = heed("--help")
    assert said.returncode == 0
    assert "Exit codes" in said.stdout


def test_a_word_that_is_no_command_is_not_understood() -> None:
    assert heed("frobnicate").returncode == 2


def test_a_taken_port_is_said_in_one_sentence_and_nothing_is_begun(tmp_path: Path, taken_port: int) -> None:
    said = heed("up", "--data", str(tmp_path / "data"), "--port", str(taken_port))
    assert said.returncode == 1
    assert f"Port {taken_port} is taken" in said.stderr
    assert "HEED_PORT=" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "data" / "database").exists()


def test_a_folder_that_may_not_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder belongs")
    said = heed("up", "--data", str(tmp_path / "data"), "--port", "1")
    assert said.returncode == 1
    assert "is a file" in said.stderr
    assert "Traceback" not in said.stderr


def test_migrating_without_a_house_says_where_to_get_one(tmp_path: Path) -> None:
    said = heed("migrate", "--data", str(tmp_path / "nothing"))
    assert said.returncode == 1
    assert "There is no house here" in said.stderr
    assert not (tmp_path / "nothing").exists()


def test_creating_roles_asks_for_every_password_by_name() -> None:
    said = heed("migrate", HEED_POSTGRES_ADMIN_URL="postgresql://nobody@127.0.0.1:1/x", HEED_PASSWORDS="heed_bus=x")
    assert said.returncode == 1
    assert "heed_incident_app" in said.stderr


def test_an_unknown_service_is_not_understood() -> None:
    assert heed("run", "kitchen").returncode == 2


def test_a_service_without_its_database_says_so_in_a_sentence(taken_port: int) -> None:
    nowhere = "postgresql://heed_auth_app:secret-of-the-test@127.0.0.1:9/heed_auth"
    said = heed(
        "run",
        "auth",
        "--port",
        str(taken_port + 1 if taken_port < 65000 else taken_port - 1),
        HEED_AUTH_DATABASE_URL=nowhere,
        HEED_AUTH_WORKER_DATABASE_URL=nowhere,
        HEED_BUS_URL=nowhere,
        HEED_KEY_SECRET="k" * 40,
        HEED_SERVICE_SECRET="s" * 40,
    )
    assert said.returncode == 1
    assert "auth cannot use its database" in said.stderr
    assert "Traceback" not in said.stderr
    assert "secret-of-the-test" not in said.stderr + said.stdout
