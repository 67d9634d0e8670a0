"""Fifty words that stand for names and for what a child said go through the whole house. They stay in the record."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.bus import connect
from shared.bus.api import Message
from shared.contracts.words import Role
from tests.system.conftest import House
from tests.system.places import Piece, everything, leaks
from tests.system.school import Person, School, key, leave, register

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _word(number: int) -> str:
    """Letters only, as in a name, and like no word that is there for another reason."""
    made = base64.b32encode(hashlib.sha256(f"canary {number}".encode()).digest()).decode().lower()
    return "Zq" + "".join(letter for letter in made if letter.isalpha())[:12]


CANARIES = tuple(_word(number) for number in range(50))
ROLES = (Role.HEAD, Role.LEAD_DSL, Role.SENCO, Role.TEACHING_ASSISTANT, Role.TEACHER, Role.TEACHER)
NAMES = ("head", "lead", "senco", "assistant", "teacher", "other")


class Cage:
    """Hands every canary out once, and in the end none may be left."""

    def __init__(self) -> None:
        self._left = iter(CANARIES)
        self.used: list[str] = []

    def one(self) -> str:
        self.used.append(next(self._left))
        return self.used[-1]

    def rest(self) -> Iterator[str]:
        for canary in self._left:
            self.used.append(canary)
            yield canary


async def canary_school(house: House, cage: Cage) -> School:
    """Six members of staff (forename, surname, address) and four children (forename, surname, class) are canaries."""
    people = [
        Person(name, (role,), surname=cage.one(), forename=cage.one(), email=f"{cage.one()}@rowan-lane.example")
        for name, role in zip(NAMES, ROLES, strict=True)
    ]
    school = await register(house.processes.environment, house.processes.url("gateway"), people=people)
    for member in school.members.values():
        await member.sign_in()
    await school["lead"].elevate()
    rows = [f",{cage.one()},{cage.one()},2017-03-1{number},M,4,{cage.one()}" for number in range(4)]
    await school.import_roll(rows, starts=[row.split(",")[2][:5] for row in rows])
    assert len(school.pupils) == 4
    return school


async def whole_way(house: House, school: School, cage: Cage) -> UUID:
    """Everything that takes words from people, each with a canary of its own."""
    assistant, lead, head = school["assistant"], school["lead"], school["head"]
    group = await lead.post("/groups", json={"name": cage.one(), "member_ids": [str(school["senco"].id)]})
    assert group.status_code == 201, group.text
    rule = {"name": cage.one(), "roles": ["teacher"], "category_ids": [str(school.categories["Attendance"])]}
    assert (await lead.ask("PUT", "/alert-rules", json={"rules": [rule]})).status_code == 200
    token = await lead.post("/tokens", json={"name": cage.one(), "scopes": ["alert:read"]})
    assert token.status_code == 201, token.text

    children = [{"pupil_id": str(pupil_id), "part": "subject"} for pupil_id in school.pupils.values()]
    concern = school.concern(
        about=next(iter(school.pupils)),
        narrative=f"She said: {cage.one()}. Then {cage.one()}.",
        action_taken=f"Sat with {cage.one()}.",
        extra_group_ids=[group.json()["id"]],
        pupils=children,
    )
    logged = await assistant.post("/incidents", json=concern, headers=key())
    assert logged.status_code == 201, logged.text
    incident_id = logged.json()["id"]
    path = f"/incidents/{incident_id}"
    await house.ledger.until_quiet()
    alerts = (await head.get("/alerts")).json()["alerts"]
    alert = next(alert for alert in alerts if alert["incident_id"] == incident_id)
    opened = await head.get(f"/alerts/{alert['id']}")
    assert opened.status_code == 200
    for step in ("read", "acknowledge", "done"):
        assert (await head.post(f"/alerts/{alert['id']}/{step}")).status_code == 200
    changed = {**concern, "narrative": f"She said: {cage.one()}.", "reason": f"Misheard {cage.one()}."}
    for member, what, body in (
        (lead, "/actions", {"text": f"Rang {cage.one()}.", "tell_author": True}),
        (assistant, "/addenda", {"text": f"I forgot {cage.one()}."}),
        (lead, "/corrections", changed),
        (lead, "/close", {"reason": f"Settled by {cage.one()}."}),
        (lead, "/reopen", {"reason": f"New word of {cage.one()}."}),
    ):
        answer = await member.post(path + what, json=body)
        assert answer.status_code in {200, 201}, (what, answer.text)
    await what_stands_beside_it(school, incident_id, cage)
    return UUID(incident_id)


async def what_stands_beside_it(school: School, incident_id: str, cage: Cage) -> None:
    """Decisions, consent, a judgement, a draft, categories and a file of the roll: each takes words of its own."""
    assistant, lead, path = school["assistant"], school["lead"], f"/incidents/{incident_id}"
    pupil_id = next(iter(school.pupils.values()))
    decided, asked, name, judged, draft = cage.one(), cage.one(), cage.one(), cage.one(), cage.one()
    roll = f"Surname,Forename,Date of birth,Year group,Class\n{cage.one()},A,2017-01-01,4,4B\n".encode()
    decision = {"kind": "other", "what": decided, "alternatives": decided, "reason": decided, "body": decided}
    consent = {"answer": "given", "of_whom": asked, "note": asked}
    for member, method, where, body in (
        (lead, "POST", f"{path}/review", {"reason": decided}),
        (lead, "POST", f"{path}/decisions", decision),
        (lead, "POST", f"{path}/consents", consent),
        (lead, "POST", f"/pupils/{pupil_id}/significant/{incident_id}", {"headline": judged, "analysis": judged}),
        (assistant, "PUT", f"/drafts/{uuid4()}", {"version": 0, "content": {"narrative": draft}}),
        (assistant, "POST", "/coach", {"text": f"{draft} was rude.", "pupil_ids": []}),
        (lead, "POST", "/categories", {"name": name}),
        (lead, "POST", "/lists/agencies", {"name": name}),
        (lead, "POST", "/incidents/search", {"words": judged}),
        (lead, "POST", "/pupils/find", {"name": judged}),
    ):
        answer = await member.ask(method, where, json=body)
        assert answer.status_code in {200, 201}, (where, answer.text)
    headers = {"content-type": "text/csv", "content-disposition": f'attachment; filename="{draft}.csv"'}
    begun = await lead.post("/roll/imports", content=roll, headers=headers)
    assert begun.status_code in {200, 201, 202}, begun.text


async def all_that_is_refused(school: School, incident_id: UUID, cage: Cage) -> list[Piece]:
    """Bad input of every kind, each holding a canary; the answers."""
    assistant, other = school["assistant"], school["other"]
    word, used = cage.one(), key()
    good = school.concern(about=next(iter(school.pupils)))
    assert (await assistant.post("/incidents", json=good, headers=used)).status_code == 201
    bad: list[tuple[int, httpx.Response]] = []

    async def send(status: int, body: Any = None, *, path: str = "/incidents", **rest: Any) -> None:
        rest.setdefault("headers", key())
        bad.append(
            (
                status,
                await assistant.post(path, json=body, **rest)
                if body is not None
                else await assistant.post(path, **rest),
            )
        )

    for field in ("occurred_at", "category_ids", "pupils", "urgent", "extra_staff_ids", "action_taken"):
        await send(422, {**good, field: word if field != "action_taken" else [word]})
    for field, value in (("category_ids", [word]), ("pupils", [{"pupil_id": word, "part": word}])):
        await send(422, {**good, field: value})
    await send(422, {**good, "narrative": f"{word}\x00"})
    await send(422, {**good, "narrative": word * 2_000})
    await send(409, {**good, "narrative": word}, headers=used)
    plain = {**key(), "content-type": "application/json"}
    await send(413, content=b'{"narrative": "' + word.encode() * 90_000 + b'"}', headers=plain)
    await send(422, content=b'{"narrative": "' + word.encode(), headers=plain)
    await send(415, content=word.encode(), headers={**key(), "content-type": "text/plain"})
    await send(401, {"email": f"{word}@rowan-lane.example", "password": word}, path="/sign-in")
    await send(422, {"email": [word], "password": {"is": word}}, path="/sign-in")
    await send(404, {"text": word}, path=f"/incidents/{uuid4()}/actions")
    bad.append((404, await other.post(f"/incidents/{incident_id}/addenda", json={"text": word})))
    bad.append((422, await other.get(f"/incidents/{word}")))
    bad.append((404, await other.get(f"/nothing/{word}")))
    bad.append((422, await other.get("/alerts", params={"state": word})))
    bad.append((422, await other.get("/incidents", params={"cursor": word})))
    bad.append((404, await other.get(f"/incidents/{incident_id}")))
    roll = f"Surname,Forename,Date of birth,Year group,Class\n{word},{word},{word},{word},{word}\n".encode()
    bad.append((422, await school["lead"].post("/roll", content=roll, headers={"content-type": "text/csv"})))
    twice = {"email": school["other"].email, "surname": word, "roles": ["teacher"]}
    bad.append((409, await school["lead"].post("/staff", json=twice)))

    pieces = []
    for status, answer in bad:
        said = f"{answer.request.method} {answer.request.url.path.replace(word, '…')} {answer.status_code}"
        assert answer.status_code == status, f"{said}: {answer.text}"
        head = b" ".join(name + b": " + value for name, value in answer.headers.raw)
        pieces.append(Piece(f"the answer to {said}", head + b"\n" + answer.content))
    return pieces


async def test_no_name_and_no_word_leaves_the_record(house: House) -> None:
    cage = Cage()
    school = await canary_school(house, cage)
    try:
        incident_id = await whole_way(house, school, cage)
        answers = await all_that_is_refused(school, incident_id, cage)
        for canary in cage.rest():
            concern = school.concern(about=next(iter(school.pupils)), narrative=canary)
            assert (await school["assistant"].post("/incidents", json=concern, headers=key())).status_code == 201
        await house.ledger.until_quiet()
        found = await everything(house.processes, house.post)
        assert len(cage.used) == 50
        assert seen(found) == {"bus", "log", "mail", "metrics"}, "a place was not looked at"
        assert leaks([*found, *answers], CANARIES) == []
    finally:
        await leave(school)


async def test_a_canary_is_found_wherever_it_gets(house: House) -> None:
    """The search is worth something only if it finds what is there."""
    canary, processes = "Zqpositivecontrol", house.processes
    bus = connect(processes.bus_url, client_id="test")
    try:
        header = ("tracestate", canary.encode())
        await bus.publish([Message("heed.incident.dead", str(uuid4()), b"{}", (header,))])
        await bus.publish([Message("heed.incident.dead", str(uuid4()), f'{{"n": "{canary}"}}'.encode(), ())])
    finally:
        await bus.close()
    log = processes.programs["gateway"].log
    with log.open("ab") as lines:
        lines.write(f'{{"event": "request", "path": "/incidents/{canary.upper()}"}}\n'.encode())
    found = leaks(await everything(processes, house.post), [canary])
    assert sum("bus heed.incident.dead" in leak for leak in found) == 2
    assert sum(f"log {log.name}" in leak for leak in found) == 1
    coded = base64.b64encode(f"dear {canary}, you have".encode())
    assert leaks([Piece("mail", coded)], [canary]) == [f"{canary} in mail"]


def seen(pieces: list[Piece]) -> set[str]:
    return {piece.where.partition(" ")[0] for piece in pieces}
