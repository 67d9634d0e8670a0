"""A file of the roll: read whatever wrote it, run dry, and applied; hostile ones refused with a sentence."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.incident.service import forget_import
from services.incident.tidying import Tidier
from shared.contracts.words import Assurance, Role, TrustRole
from shared.db import Scope
from tests.conftest import Cluster
from tests.incident.conftest import ROLL, School
from tests.incident.files import ctf, pupil
from tests.issuer import Client

pytestmark = pytest.mark.postgres

ELEVATED = Assurance.ELEVATED
CSV, XML = {"content-type": "text/csv"}, {"content-type": "application/xml"}
HEAD = "UPN,Former UPN,Admission Number,Surname,Forename,Preferred Forename,Date of birth,Sex,Year group,Class\n"


async def begin(client: Client, content: Any, kind: dict[str, str] = CSV, **params: Any) -> UUID:
    answer = await client.post("/roll/imports", content=content, headers=kind, params=params)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def said(client: Client, job: UUID, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/roll/imports/{job}", params={"limit": 500, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def applied(client: Client, job: UUID, *, leavers: bool = False) -> dict[str, int]:
    answer = await client.post(f"/roll/imports/{job}/apply", json={"leavers": leavers})
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    return found


async def take(client: Client, content: Any, kind: dict[str, str] = CSV, *, leavers: bool = False) -> dict[str, int]:
    return await applied(client, await begin(client, content, kind), leavers=leavers)


async def count(cluster: Cluster, query: str, *values: object) -> int:
    connection = await asyncpg.connect(cluster.admin("incident"))
    try:
        return int(await connection.fetchval(query, *values))
    finally:
        await connection.close()


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["outcome"] for row in report["rows"]}


async def test_r128_a_file_is_run_dry_row_by_row_and_then_applied(school: School) -> None:
    file = ROLL.replace("4,4B", "4,4A").replace(",Khan,Aisha,2018-02-11,F,3,3B\n", ",Marsh,Leo,11/02/18,M,3,3B\n")
    job = await begin(school.dsl, file + "B801200005010,Price,Tomos,2019-01-01,M,2,2A\n")
    report = await said(school.dsl, job)
    assert report["counts"] == {"new": 1, "changed": 1, "unchanged": 3, "refused": 1, "leaves": 1}
    assert outcomes(report) == {
        "Rowan Adeyemi": "changed",
        "Ife Adeyemi": "unchanged",
        "Aisha Khan": "leaves",
        "Zoë O'Brien-Łuczak": "unchanged",
        "Leo Marsh": "new",
        "Tomos Price": "refused",
    }
    assert [row["changes"] for row in report["rows"] if row["outcome"] == "changed"] == [["class_code"]]
    (refused,) = (await said(school.dsl, job, outcome="refused"))["rows"]
    assert (refused["number"], refused["faults"][0]["column"]) == (7, "upn")
    assert (await school.dsl.get("/pupils", params={"starts": "leo"})).json()["pupils"] == []
    done = await applied(school.dsl, job, leavers=True)
    assert done == {"enrolled": 1, "changed": 1, "left": 1, "unchanged": 3, "refused": 1}
    assert len((await school.dsl.get("/pupils", params={"starts": "aisha"})).json()["pupils"]) == 1
    again = await school.dsl.post(f"/roll/imports/{job}/apply", json={})
    assert again.status_code == 409
    after = await said(school.dsl, job)
    assert (after["state"], after["done"], after["total"], after["rows"]) == ("applied", 6, 6, [])


async def test_without_a_persons_word_nobody_leaves_and_by_a_part_of_the_roll_nobody_can(school: School) -> None:
    part = ROLL.replace(",Adeyemi,Ife,2020-05-01,F,1,1A\n", "")
    assert (await take(school.dsl, part))["left"] == 0
    job = await begin(school.dsl, part, whole=False)
    assert (await said(school.dsl, job))["counts"]["leaves"] == 0
    refused = await school.dsl.post(f"/roll/imports/{job}/apply", json={"leavers": True})
    assert refused.status_code == 422
    program = school.client(replace(school.dsl.staff, scopes=frozenset({"roll:import"})))
    job = await begin(program, part)
    assert (await program.post(f"/roll/imports/{job}/apply", json={"leavers": True})).status_code == 403
    assert (await applied(program, job))["left"] == 0
    assert (await take(school.dsl, part, leavers=True))["left"] == 1


async def test_a_mistyped_cell_does_not_make_a_child_leave(school: School) -> None:
    job = await begin(school.dsl, ROLL.replace("2017-03-12", "2071-03-12"))
    assert (await said(school.dsl, job))["counts"] == {
        "new": 0, "changed": 0, "unchanged": 4, "refused": 1, "leaves": 0,
    }  # fmt: skip


async def test_the_same_file_twice_changes_nothing(school: School, empty_cluster: Cluster) -> None:
    file = ctf(pupil(UPN="B801200005001", full=True), pupil(UPN="R674123101121", Surname="Marsh", Forename="Leo"))
    assert (await take(school.dsl, file, XML))["enrolled"] == 2
    events = await count(empty_cluster, "SELECT count(*) FROM outbox")
    assert await take(school.dsl, file, XML) == {
        "enrolled": 0, "changed": 0, "left": 0, "unchanged": 2, "refused": 0,
    }  # fmt: skip
    assert await count(empty_cluster, "SELECT count(*) FROM outbox") == events


async def test_a_number_is_one_childs_and_the_rest_of_the_file_goes_in(school: School) -> None:
    rows = HEAD + "B801200005001,,77,Adeyemi,Rowan,,2017-03-12,M,4,4B\n"
    assert (await take(school.dsl, rows))["changed"] == 1
    wrong = HEAD + (
        "B801200005001,,,Price,Tomos,,2019-01-01,M,2,2A\n"  # Rowan's
        "R674123101121,,77,Marsh,Leo,,2019-01-02,M,2,2A\n"  # Rowan's number in the school
        "P207000016049,B801200005001,,Cole,Ann,,2019-01-03,F,2,2A\n"  # Rowan's as a former one
        "A123456789012,,,Bell,Sam,,2019-01-04,M,2,2A\n"
        "A123456789012,,,Dean,Max,,2019-01-05,M,2,2A\n"  # Sam's, in the same file
        "A123456789013,,,Ford,Ivy,,2019-01-06,F,2,2A\n"  # the letter does not fit
    )
    report = await said(school.dsl, job := await begin(school.dsl, wrong, whole=False))
    refused = {row["name"]: row["faults"][0]["column"] for row in report["rows"] if row["outcome"] == "refused"}
    assert refused == {
        "Tomos Price": "upn",
        "Leo Marsh": "local_id",
        "Ann Cole": "former_upn",
        "Max Dean": "upn",
        "Ivy Ford": "upn",
    }
    assert (await applied(school.dsl, job))["enrolled"] == 1


async def test_a_temporary_upn_gives_way_to_the_permanent(school: School) -> None:
    await take(school.dsl, HEAD + "X00180001701A,,,Adeyemi,Rowan,,2017-03-12,M,4,4B\n")
    permanent = HEAD + "B801200005001,X00180001701A,,Cole,Rowan,,2017-03-12,M,4,4B\n"
    assert (await take(school.dsl, permanent))["changed"] == 1
    record = await school.dsl.get(f"/pupils/{school.rowan}", params={"identifiers": True})
    numbers = {one["value"]: (one["kind"], one["until"] is None) for one in record.json()["identifiers"]}
    assert numbers == {"X00180001701A": ("temporary_upn", False), "B801200005001": ("upn", True)}
    found = (await school.dsl.get("/pupils", params={"starts": "adeyemi row"})).json()["pupils"]
    assert [one["name"] for one in found] == ["Rowan Cole"]


async def test_no_file_joins_the_records_of_an_adopted_child(school: School) -> None:
    await take(school.dsl, HEAD + "B801200005001,,,Adeyemi,Rowan,,2017-03-12,M,4,4B\n")
    apart = await school.dsl.post(f"/pupils/{school.rowan}/names-apart", json={"reason": "Adoption order."})
    assert apart.status_code == 204
    for row in (
        "R674123101121,B801200005001,,Cole,Robin,,2017-03-12,M,4,4B\n",
        "R674123101121,B801200005001,,Adeyemi,Rowan,,2017-03-12,M,4,4B\n",
        "B801200005001,,,Cole,Robin,,2017-03-12,M,4,4B\n",
    ):
        report = await said(school.dsl, await begin(school.dsl, HEAD + row, whole=False))
        (fault,) = report["rows"][0]["faults"]
        assert fault["message"] == "This child is added or changed by a person, not by a file."
    child = {"forename": "Robin", "surname": "Cole", "born": "2017-03-12", "year_group": "4", "names_apart": True}
    made = await school.dsl.post("/pupils", json={**child, "upn": "R674123101121"})
    assert made.status_code == 201, made.text
    record = (await school.dsl.get(f"/pupils/{made.json()['id']}", params={"identifiers": True})).json()
    assert (record["name"], record["names_before"], record["names_apart"]) == ("Robin Cole", [], True)
    assert [one["value"] for one in record["identifiers"]] == ["R674123101121"]
    assert (await school.dsl.post("/pupils", json=child)).status_code == 409
    assert (await school.dsl.post("/pupils", json={**child, "sex": "\x00"})).status_code == 422


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", "\t"), ("utf-16", ","), ("utf-16-le", ";"), ("utf-16-be", "\t")],
)
async def test_whatever_program_wrote_it(house: School, encoding: str, separator: str) -> None:
    lines = ["UPN,Legal Surname,Legal Forename,DOB,Gender,NC Year,Reg Group", ",Müller,Zoë,3/4/19,F,Year 2,2A"]
    content = "\r\n".join(line.replace(",", separator) for line in lines).encode(encoding)
    report = await said(house.dsl, await begin(house.dsl, content))
    assert (report["separator"], outcomes(report)) == (separator, {"Zoë Müller": "new"})


async def test_the_mapping_is_shown_and_changed(house: School) -> None:
    file = "Pupil,Family,DOB,Year\nRowan,Ade,12 Mar 2017,4\n"
    job = await begin(house.dsl, file)
    report = await said(house.dsl, job)
    assert (report["state"], report["missing"]) == ("unmapped", ["surname", "forename"])
    assert report["mapping"]["born"] == "DOB"
    assert (await house.dsl.post(f"/roll/imports/{job}/apply", json={})).status_code == 409
    wrong = await house.dsl.ask("PUT", f"/roll/imports/{job}/mapping", json={"mapping": {"surname": "Elsewhere"}})
    assert wrong.json()["errors"][0]["path"] == "mapping.surname"
    mapping = {**report["mapping"], "surname": "Family", "forename": "Pupil"}
    answer = await house.dsl.ask("PUT", f"/roll/imports/{job}/mapping", json={"mapping": mapping})
    assert answer.status_code == 200, answer.text
    report = await said(house.dsl, job)
    assert (report["state"], outcomes(report)) == ("ready", {"Rowan Ade": "new"})
    assert (await applied(house.dsl, job))["enrolled"] == 1


async def test_what_looks_like_a_formula_stays_what_it_is(house: School) -> None:
    await take(house.dsl, ROLL.splitlines()[0] + '\n,"=HYPERLINK(""x"")",@Ann,2017-03-12,F,4,4B\n')
    (found,) = (await house.dsl.get("/pupils", params={"starts": "@ann"})).json()["pupils"]
    assert found["name"] == '@Ann =HYPERLINK("x")'


async def test_r128_a_sheet_brings_contacts_attendance_and_flags_too(house: School) -> None:
    head = "Surname,Forename,DOB,Year,Contact 1 Name,Contact 1 Relationship,Contact 1 Phone,Contact 2 Name,"
    head += "Sessions possible,Attended,Authorised absences,Unauthorised absences,Medical,SEN status\n"
    row = "Ade,Rowan,12/03/2017,4,Bola Ade,Mother,07700 900123,Tunde Ade,200,188,8,4,Y,E\n"
    assert (await take(house.dsl, head + row))["enrolled"] == 1
    (found,) = (await house.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"]
    record = (await house.dsl.get(f"/pupils/{found['id']}")).json()
    said = [(one["priority"], one["name"], one["relationship"]) for one in record["contacts"]]
    assert said == [(1, "Bola Ade", "Mother"), (2, "Tunde Ade", "")]
    assert record["contacts"][0]["phones"][0]["number"] == "07700 900123"
    assert (record["attendance"]["possible"], record["attendance"]["attended"]) == (200, 188)
    assert {flag["kind"] for flag in record["flags"]} == {"medical", "ehcp"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("sex", "version"), [("Sex", "25.0"), ("Gender", "13.0"), ("Gender", "21.0"), ("Sex", "27.0")])
async def test_r107_r128_a_ctf_brings_contacts_attendance_and_flags(
    house: School, encoding: str, sex: str, version: str
) -> None:
    child = pupil(UPN="B801200005001", full=True, sex=sex)
    file = ctf(child, encoding=encoding, extra="<ShoeSize>3</ShoeSize>", version=version)
    report = await said(house.dsl, job := await begin(house.dsl, file, XML))
    assert (report["kind"], report["whole"], report["unknown"]) == ("ctf", True, ["ShoeSize"])
    assert report["version"] == version
    assert (await applied(house.dsl, job))["enrolled"] == 1
    (found,) = (await house.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"]
    record = (await house.dsl.get(f"/pupils/{found['id']}", params={"identifiers": True})).json()
    assert (record["name"], record["sex"], record["year_group"]) == ("Ro Ade", "M", "4")
    assert [name["surname"] for name in record["names_before"]] == ["Bello"]
    contact = record["contacts"][0]
    assert (contact["name"], contact["relationship"], contact["parental_responsibility"]) == (
        "Mrs Bola Ade",
        "PAM",
        True,
    )
    assert contact["phones"] == [{"kind": "M", "number": "07700 900123"}]
    assert (record["attendance"]["as_of"], record["attendance"]["attended"]) == ("2026-09-10", 188)
    assert {flag["kind"] for flag in record["flags"]} == {"medical", "looked_after", "ehcp"}


async def test_r94_a_contact_who_must_not_be_called_is_kept_when_the_file_forgets_them(house: School) -> None:
    await take(house.dsl, ctf(pupil(UPN="B801200005001", full=True)), XML)
    (found,) = (await house.dsl.get("/pupils", params={"starts": "rowan"})).json()["pupils"]
    path = f"/pupils/{found['id']}"
    (contact,) = (await house.dsl.get(path)).json()["contacts"]
    order = {"reason": "Court order."}
    await house.dsl.ask("PUT", f"{path}/contacts/{contact['id']}/do-not-contact", json=order)
    without = ctf(pupil(UPN="B801200005001", full=True, contacts="<Contacts></Contacts>"))
    await take(house.dsl, without, XML)
    (kept,) = (await house.dsl.get(path)).json()["contacts"]
    assert (kept["id"], kept["do_not_contact"]) == (contact["id"], True)
    await house.dsl.ask("PUT", f"{path}/contacts/{contact['id']}/do-not-contact", json={"reason": None})
    assert (await take(house.dsl, without, XML))["changed"] == 1
    assert (await house.dsl.get(path)).json()["contacts"] == []


async def test_the_trusts_administrator_imports_and_sees_nothing_of_flags_and_contacts(house: School) -> None:
    await take(house.dsl, ctf(pupil(UPN="B801200005001")), XML)
    administrator = house.someone(trust_roles=(TrustRole.TRUST_ADMINISTRATOR,), assurance=ELEVATED)
    job = await begin(administrator, ctf(pupil(UPN="B801200005001", full=True)), XML)
    (seen,) = (await said(administrator, job))["rows"]
    (all_of_it,) = (await said(house.dsl, job))["rows"]
    assert set(all_of_it["changes"]) - set(seen["changes"]) == {"contacts", "flags"}
    assert (await applied(administrator, job))["changed"] == 1
    for role in (Role.SENCO, Role.SENIOR_LEADER, Role.TEACHER):
        assert (await house.someone(role, assurance=ELEVATED).get(f"/roll/imports/{job}")).status_code == 403
    elsewhere = School(house.http, house.auth, house.alerting, house.db)
    assert (await elsewhere.dsl.get(f"/roll/imports/{job}")).status_code == 404


BOMB = b'<?xml version="1.0"?><!DOCTYPE CTfile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><CTfile>&b;</CTfile>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE CTfile SYSTEM "file:///etc/passwd"><CTfile/>'
WITHIN = b'<?xml version="1.0"?><!DOCTYPE CTfile [<!ENTITY x SYSTEM "file:///etc/passwd">]><CTfile>&x;</CTfile>'
HOSTILE: dict[str, tuple[bytes, dict[str, str]]] = {
    "entity bomb": (BOMB, XML),
    "external entity": (OUTSIDE, XML),
    "external entity within": (
        OUTSIDE.replace(b'SYSTEM "file', b'[<!ENTITY x SYSTEM "file').replace(b'">', b'">]>'),
        XML,
    ),
    "entity bomb in UTF-16": (BOMB.decode().replace('1.0"', '1.0" encoding="utf-16"').encode("utf-16"), XML),
    "an entity of the machine's files": (WITHIN, XML),
    "an entity for the document type itself": (
        b'<!DOCTYPE CTfile [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><CTfile/>',
        XML,
    ),
    "truncated": (ctf(pupil(UPN="B801200005001"))[:-30], XML),
    "wrong encoding declared": (ctf(pupil(Surname="Müller")).decode().encode("latin-1"), XML),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><CTfile/>', XML),
    "NUL in XML": (ctf(pupil(Surname="A\x00B")), XML),
    "another XML": (b"<html><body/></html>", XML),
    "deeply nested": (b"<CTfile>" + b"<a>" * 100_000, XML),
    "zip renamed": (b"PK\x03\x04" + b"\x14\x00" * 50, XML),
    "zip renamed as CSV": (b"PK\x03\x04" + b"\x14\x00" * 50, CSV),
    "NUL in CSV": (b"Surname,Forename\nA\x00,B\n", CSV),
    "XML as CSV": (ctf(), CSV),
    "empty": (b"", CSV),
    "open quote": (ROLL.encode() + b'"', CSV),
    "too many rows": ((ROLL.splitlines()[0] + "\n" + ",A,B,2017-01-01,M,4,4B\n" * 5_001).encode(), CSV),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_file_is_refused_with_a_sentence(house: School, empty_cluster: Cluster, what: str) -> None:
    content, kind = HOSTILE[what]
    named = {**kind, "content-disposition": 'attachment; filename="../../etc/passwd"'}
    answer = await house.dsl.post("/roll/imports", content=content, headers=named)
    assert answer.status_code in {415, 422}, answer.text
    if answer.status_code == 422:
        (error,) = answer.json()["errors"]
        assert error["path"] == "file"
        assert error["message"].endswith(".")
    assert await count(empty_cluster, "SELECT count(*) FROM roll_import_row") == 0


async def test_two_hundred_megabytes_are_refused_before_they_are_read_and_while_they_come(house: School) -> None:
    said_so = await house.dsl.post("/roll/imports", content=b"x", headers={**XML, "content-length": "200000000"})
    assert said_so.status_code == 413
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1_000_000
            yield b" " * 1_000_000

    answer = await house.dsl.post("/roll/imports", content=endless(), headers=XML)
    assert answer.status_code == 413
    assert "100 MB" in answer.text
    assert sent <= 102_000_000
    assert (await house.dsl.post("/roll", content=b"<a/>", headers=XML)).status_code == 415


async def test_after_a_day_a_file_is_gone_whichever_schools_it_was(school: School, empty_cluster: Cluster) -> None:
    kept, other = await begin(school.dsl, ROLL), School(school.http, school.auth, school.alerting, school.db)
    await begin(other.dsl, ROLL)
    tidier = Tidier(school.db)
    assert await tidier.tidy(datetime.now(UTC) + timedelta(hours=23)) == 0
    assert (await said(school.dsl, kept))["total"] == 5
    assert await tidier.tidy(datetime.now(UTC) + timedelta(hours=25)) == 2
    assert await count(empty_cluster, "SELECT count(*) FROM roll_import_row") == 0
    assert (await school.dsl.get(f"/roll/imports/{kept}")).status_code == 404
    async with school.db.begin(Scope(school.id)) as session:
        await forget_import(session, school_id=school.id, import_id=kept)


async def test_progress_is_seen_while_it_is_applied(house: School, empty_cluster: Cluster) -> None:
    job = await begin(house.dsl, ROLL.splitlines()[0] + "\n" + rows(600))
    seen: set[int] = set()
    applying = asyncio.create_task(applied(house.dsl, job))
    while not applying.done():
        seen.add((await said(house.dsl, job, limit=1))["done"])
    assert (await applying)["enrolled"] == 600
    assert seen & {250, 500}


def rows(number: int) -> str:
    return "".join(f",Price,Child{n:04d},2017-03-12,M,4,4B\n" for n in range(number))


async def test_the_answer_to_an_unknown_import_is_nothing_here(school: School) -> None:
    answers: list[httpx.Response] = []
    for method, rest, body in (("GET", "", None), ("PUT", "/mapping", {"mapping": {}}), ("POST", "/apply", {})):
        answers.append(await school.dsl.ask(method, f"/roll/imports/{school.rowan}{rest}", json=body))
    assert {answer.status_code for answer in answers} == {404}
