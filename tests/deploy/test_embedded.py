"""The embedded PostgreSQL: found again after a stop, a crash of ours, a crash of its own, and a start cut in half."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import CannotStart, EmbeddedPostgres


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(tmp_path / "data")
    yield made
    await made.stop()


async def write(url: str, number: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
    await connection.execute("INSERT INTO kept VALUES ($1)", number)
    await connection.close()


async def kept(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT number FROM kept ORDER BY number")
    await connection.close()
    return [row["number"] for row in rows]


async def test_data_is_found_again_after_a_stop_and_after_a_kill(server: EmbeddedPostgres) -> None:
    await write(await server.start(), 1)
    await server.stop()
    await write(await server.start(), 2)
    server.kill()
    assert await kept(await server.start()) == [1, 2]


async def test_a_server_that_outlived_the_house_is_taken_over_and_can_be_stopped(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    await write(await server.start(), 1)
    second = EmbeddedPostgres(tmp_path / "data")
    assert await kept(await second.start()) == [1]
    # Reaped by the one who started it, as the system's first process would do for a server left alone.
    stopping = asyncio.create_task(second.stop())
    await server.stop()
    await stopping
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists()


async def test_a_first_start_cut_in_half_is_begun_again(server: EmbeddedPostgres, tmp_path: Path) -> None:
    half = tmp_path / "data" / "postgres.making" / "base"
    half.mkdir(parents=True)
    (half / "rubbish").write_text("half a file")
    await write(await server.start(), 1)
    assert not half.parent.exists()


async def test_it_listens_to_nobody_but_us_and_asks_for_the_password(server: EmbeddedPostgres, tmp_path: Path) -> None:
    url = await server.start()
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SHOW listen_addresses") == ""
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url.replace("heed_admin:", "heed_admin:wrong"))
    for secret in (tmp_path / "data" / "postgres.password", tmp_path / "data" / "postgres"):
        assert stat.S_IMODE(secret.stat().st_mode) & 0o077 == 0


async def test_data_of_another_version_is_refused_and_untouched(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await server.start()
    await server.stop()
    version = tmp_path / "data" / "postgres" / "PG_VERSION"
    version.write_text("99\n")
    with pytest.raises(CannotStart, match="another version"):
        await server.start()
    assert version.read_text() == "99\n"
