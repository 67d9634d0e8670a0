"""`heed staff add`: how the first people of an installation come, and what is said when they cannot."""

import re
from datetime import UTC, datetime

import asyncpg
import pytest

from services.auth import service
from services.auth.domain.first_run import starting_code
from shared.db import Scope
from shared.errors import Invalid
from tests.conftest import Cluster
from tests.deploy.heed import heed

FIRST = ("--trust", "Rowan Trust", "--school", "Rowan Lane Primary", "--new-school", "--role", "lead_dsl")
OKAFOR = ("--email", "ada@rowan.sch.uk", "--title", "Ms", "--forename", "Ada", "--surname", "Okafor")
HADDAD = ("--email", "sami@rowan.sch.uk", "--forename", "Sami", "--surname", "Haddad")


async def _roles(cluster: Cluster) -> list[tuple[str, str, str]]:
    connection = await asyncpg.connect(cluster.admin("auth"))
    rows = await connection.fetch(
        "SELECT p.email, s.name, r.role FROM staff_role r JOIN staff p ON p.id = r.staff_id"
        " JOIN school s ON s.id = r.school_id ORDER BY 1, 2, 3"
    )
    await connection.close()
    return [tuple(row) for row in rows]


async def test_r36_the_first_person_founds_the_school_and_sets_their_own_password(empty_cluster: Cluster) -> None:
    url = empty_cluster.url("auth")
    said = heed("staff", "add", *FIRST, *OKAFOR, HEED_AUTH_DATABASE_URL=url, HEED_PUBLIC_URL="https://heed.sch.uk")
    assert said.returncode == 0, said.stderr
    assert "Ms Okafor is on the staff of Rowan Lane Primary." in said.stdout
    assert re.search(r"^  https://heed\.sch\.uk/password/[\w-]{43}$", said.stdout, re.MULTILINE)
    assert await _roles(empty_cluster) == [("ada@rowan.sch.uk", "Rowan Lane Primary", "lead_dsl")]

    link = re.search(r"^  ([\w-]{43})$", said.stdout, re.MULTILINE)
    assert link is not None
    db = empty_cluster.database("auth")
    now = datetime.now(UTC)
    async with db.begin(Scope()) as session:
        await service.set_password(session, token=link[1], password="three lamps over the canal", now=now)
    async with db.begin(Scope()) as session:
        with pytest.raises(Invalid):
            await service.set_password(session, token=link[1], password="three lamps over the canal", now=now)
    await db.close()


async def test_what_is_missing_is_asked_for_and_the_only_school_is_meant(empty_cluster: Cluster) -> None:
    url = empty_cluster.url("auth")
    assert heed("staff", "add", *FIRST, *OKAFOR, HEED_AUTH_DATABASE_URL=url).returncode == 0
    said = heed(
        *("staff", "add", "--role", "teacher", "--role", "senco", "--class", "4B"),
        typed="sami@rowan.sch.uk\nSami\nHaddad\n",
        HEED_AUTH_DATABASE_URL=url,
    )
    assert said.returncode == 0, said.stderr
    assert [row[2] for row in await _roles(empty_cluster) if row[0].startswith("sami")] == ["senco", "teacher"]


async def test_each_thing_that_is_wrong_is_said_in_a_sentence_and_nothing_is_written(empty_cluster: Cluster) -> None:
    url = empty_cluster.url("auth")
    for words, sentence in (
        (HADDAD, "no trust yet"),
        ((*HADDAD, "--trust", "Rowan Trust", "--role", "teacher"), "no school yet"),
        ((*HADDAD, "--trust", "Rowan Trust", "--new-school"), "Name the new school"),
        ((*HADDAD, *FIRST[:5], "--phase", "moon", "--role", "teacher"), "This is no school: phase"),
        ((*HADDAD, "--trust", "Rowan Trust", "--school", "A", "--new-school"), "Choose at least one role"),
    ):
        said = heed("staff", "add", *words, HEED_AUTH_DATABASE_URL=url)
        assert said.returncode == 1, words
        assert sentence in said.stderr
        assert "Traceback" not in said.stderr
    assert await _roles(empty_cluster) == []

    assert heed("staff", "add", *HADDAD, "--role", "king", HEED_AUTH_DATABASE_URL=url).returncode == 2
    assert heed("staff", "add", *FIRST, *OKAFOR, HEED_AUTH_DATABASE_URL=url).returncode == 0
    twice = heed("staff", "add", *OKAFOR, "--role", "head", HEED_AUTH_DATABASE_URL=url)
    assert (twice.returncode, "on this school's staff already" in twice.stderr) == (1, True)
    elsewhere = heed("staff", "add", *HADDAD, "--school", "Moon", "--role", "head", HEED_AUTH_DATABASE_URL=url)
    assert "There are: Rowan Lane Primary" in elsewhere.stderr


def test_the_starting_code_is_printed_for_whoever_holds_the_houses_secret() -> None:
    said = heed("staff", "starting-code", HEED_KEY_SECRET="k" * 40)
    assert (said.returncode, said.stdout.strip()) == (0, starting_code("k" * 40))
