"""An empty house is begun once, by whoever knows its starting code."""

import asyncio
from typing import Any

import pytest

from services.auth.domain.first_run import opens_the_house, starting_code
from tests.auth.conftest import House
from tests.auth.test_break_glass import rows
from tests.conftest import Cluster

CODE = starting_code("k" * 40)
CHOSEN = "seven quiet lanterns by the gate"


def wanted(**more: Any) -> dict[str, Any]:
    lead = {"email": "okafor@school.example", "title": "Ms", "forename": "Ada", "surname": "Okafor"}
    return {"code": CODE, "trust": "Rivermead", "school": {"name": "Oakfield", "urn": "139000"}, "lead": lead, **more}


def test_the_code_is_the_houses_own_and_fits_however_it_is_typed() -> None:
    assert starting_code("a" * 40) != starting_code("b" * 40)
    assert opens_the_house(f" {CODE.upper().replace('-', ' ')} ", key_secret="k" * 40)
    assert not opens_the_house(CODE, key_secret="x" * 40)
    assert not opens_the_house("", key_secret="k" * 40)
    # A house without a secret is begun by nobody, also by who can work out what its code would be.
    assert not opens_the_house(starting_code(""), key_secret="")


@pytest.mark.postgres
async def test_the_first_lead_gets_a_trust_a_school_and_a_link(untouched: House, empty_cluster: Cluster) -> None:
    assert (await untouched.gateway("/first-run/open", {})).json() == {"open": True}
    wrong = await untouched.gateway("/first-run", wanted(code="aaaa-aaaa-aaaa-aaaa"))
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "code")
    assert (await untouched.gateway("/first-run/open", {})).json() == {"open": True}
    begun = await untouched.gateway("/first-run", wanted())
    assert begun.status_code == 201
    assert (await untouched.gateway("/first-run/open", {})).json() == {"open": False}
    chosen = await untouched.gateway("/password", {"link": begun.json()["link"], "password": CHOSEN})
    assert chosen.status_code == 204
    signed_in = await untouched.gateway("/sign-in", {"email": "okafor@school.example", "password": CHOSEN})
    assert signed_in.json()["needs"] == "enrolment"
    checked = await untouched.gateway("/sessions/check", {"session": signed_in.json()["session"], "audience": ["auth"]})
    assert checked.json()["staff"]["roles"] == ["lead_dsl"]
    noted = {row["action"] for row in await rows(empty_cluster, "SELECT action FROM audit WHERE actor = 'operator'")}
    assert {"trust:created", "school:registered", "password:link-made"} <= noted


@pytest.mark.postgres
async def test_of_two_who_begin_at_once_one_wins_and_nothing_of_the_other_is_left(
    untouched: House, empty_cluster: Cluster
) -> None:
    answers = await asyncio.gather(*(untouched.gateway("/first-run", wanted(trust=f"Trust {n}")) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    for table in ("trust", "school", "staff"):
        assert len(await rows(empty_cluster, f"SELECT id FROM {table}")) == 1
    # For good, also with the code and under other names.
    again = wanted(trust="Another", school={"name": "Harbour"}, lead={"email": "x@school.example", "surname": "X"})
    assert (await untouched.gateway("/first-run", again)).status_code == 409
    assert (await untouched.gateway("/first-run", {**again, "code": "aaaa"})).status_code == 409


@pytest.mark.postgres
async def test_only_the_gateway_asks(untouched: House) -> None:
    assert (await untouched.http.post("/first-run", json=wanted())).status_code == 401
    assert (await untouched.http.post("/first-run/open", json={})).status_code == 401
