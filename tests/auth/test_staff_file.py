"""Staff from a file: tried first, line by line, and the rest goes in; and a file that no spreadsheet runs."""

import csv
import io

import asyncpg
import pytest

from services.auth.domain.staff_file import Unreadable, read_rows, written
from shared.contracts.words import Role
from tests.auth.conftest import House
from tests.conftest import Cluster

CSV = {"content-type": "text/csv"}
FILE = """E-mail,Title,Forename,Surname,Roles,Classes
nowak@school.example,Ms,Zofia,Nowak,Support staff,
ross@school.example,Mr,Ian,Ross,teacher; deputy DSL,"4B, 5A"
haddad@school.example,Ms,A,Haddad,head,
frost@school.example,Ms,A,Frost,teacher,
nowhere,Mr,Ben,Astray,teacher,
lee@school.example,Ms,Kim,Lee,wizard,
NOWAK@school.example,Ms,Zofia,Nowak,teacher,
"""
BECAME = ["added", "added", "here", "joined", "refused", "refused", "refused"]


@pytest.mark.postgres
async def test_r37_a_file_is_tried_first_and_one_bad_line_does_not_keep_the_rest_out(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = await house.session("okafor")
    connection = await asyncpg.connect(empty_cluster.admin("auth"))
    count = "SELECT (SELECT count(*) FROM staff) || '/' || (SELECT count(*) FROM mail)"
    try:
        before = await connection.fetchval(count)
        for how in ("", "?apply=true&all_or_nothing=true"):
            answer = await okafor.ask("POST", f"/staff/import{how}", content=FILE, headers=CSV)
            assert answer.status_code == 200, answer.text
            assert answer.json()["applied"] is False
            assert [row["became"] for row in answer.json()["rows"]] == BECAME
            assert await connection.fetchval(count) == before
    finally:
        await connection.close()
    done = (await okafor.ask("POST", "/staff/import?apply=true", content=FILE, headers=CSV)).json()
    assert (done["applied"], [row["became"] for row in done["rows"]]) == (True, BECAME)
    reasons = [row["reasons"] for row in done["rows"] if row["became"] == "refused"]
    assert reasons == [
        ["This is no e-mail address."],
        ["There is no role called 'wizard'."],
        ["This address is in the file twice."],
    ]
    found = {e["surname"]: e for e in (await okafor.ask("GET", "/staff/all")).json()["staff"]}
    assert (found["Ross"]["roles"], found["Ross"]["classes"]) == (["deputy_dsl", "teacher"], ["4B", "5A"])
    assert (found["Nowak"]["state"], found["Haddad"]["roles"]) == ("invited", ["teacher"])
    await house.work("sender")
    for address in ("nowak", "ross"):
        assert await house.link(to=f"{address}@school.example", about="added to Heed")
    again = (await okafor.ask("POST", "/staff/import?apply=true", content=FILE, headers=CSV)).json()
    assert [row["became"] for row in again["rows"]][:4] == ["here"] * 4


@pytest.mark.postgres
async def test_the_staff_as_a_file_runs_in_no_spreadsheet_and_is_for_few(house: House) -> None:
    okafor = await house.session("okafor")
    evil = {"email": "x@school.example", "surname": "=HYPERLINK(1)", "roles": ["support"]}
    assert (await okafor.ask("POST", "/staff", json=evil)).status_code == 201
    answer = await okafor.ask("GET", "/staff/export")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["'=HYPERLINK(1)", "Boyle", "Haddad", "Okafor"]
    haddad = await house.session("haddad")
    assert (await haddad.ask("GET", "/staff/export")).status_code == 403
    assert (await haddad.ask("POST", "/staff/import", content=FILE, headers=CSV)).status_code == 403


def test_what_was_written_is_read_again() -> None:
    file = written(["email", "surname", "roles"], [["a@b.example", "-Smith", "teacher"]])
    assert "'-Smith" in file
    assert [(row.surname, row.roles) for row in read_rows(file.encode())] == [("-Smith", [Role.TEACHER])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_of_several_makers_are_read(encoding: str, delimiter: str) -> None:
    lines = [["E-mail address", "Last name", "Role"], ["z@b.example", "Brontë", "Teaching Assistant"]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    (row,) = read_rows(text.encode(encoding))
    assert (row.email, row.surname, row.roles, row.faults) == (
        "z@b.example",
        "Brontë",
        [Role.TEACHING_ASSISTANT],
        [],
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,age\n1,2\n",
        b"PK\x03\x04\x00\x00",
        b"email,surname,roles\n" * 2500,
        b"email,surname,roles\n" + b"x" * 200_000,
    ],
)
def test_what_is_no_file_of_staff_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        read_rows(content)
