"""Who may change whose rights, what others are told of it, and that nobody widens their own."""

import json
from typing import Any

import asyncpg
import pytest

from shared.contracts.words import Role
from shared.ids import class_id, new_id
from tests.auth.conftest import House
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres


async def events(cluster: Cluster, kind: str) -> list[dict[str, object]]:
    connection = await asyncpg.connect(cluster.admin("auth"))
    rows = await connection.fetch("SELECT headers::text, body FROM outbox ORDER BY seq")
    await connection.close()
    return [json.loads(row["body"]) for row in rows if f"heed.{kind}.v1" in row["headers"]]


async def test_what_others_hear_is_ids_roles_and_class_ids(house: House, empty_cluster: Cluster) -> None:
    added = await events(empty_cluster, "staff.added")
    haddad = next(e for e in added if e["staff_id"] == str(house.people["haddad"].id))
    assert haddad["roles"] == ["teacher"]
    assert haddad["class_ids"] == [str(class_id(house.oakfield, "6A"))]
    everything = json.dumps(added)
    assert "Haddad" not in everything
    assert "@" not in everything


async def test_nobody_changes_their_own_roles_groups_or_shields(house: House) -> None:
    okafor = await house.session("okafor")
    own = house.people["okafor"].id
    assert (await okafor.ask("PUT", f"/staff/{own}/roles", json={"roles": ["head"]})).status_code == 403
    assert (await okafor.ask("POST", f"/staff/{own}/disable")).status_code == 403
    answer = await okafor.ask("POST", "/groups", json={"name": "Mine", "member_ids": [str(own)]})
    assert answer.status_code == 403
    dpo = await house.session("dpo")
    shield = {"staff_id": str(house.people["dpo"].id), "pupil_id": str(new_id()), "reason": "parent"}
    assert (await dpo.ask("POST", "/shields", json=shield)).status_code == 403


async def test_the_last_lead_dsl_stays_until_another_is_named(house: House) -> None:
    boyle = await house.session("boyle")
    path = f"/staff/{house.people['okafor'].id}"
    assert (await boyle.ask("PUT", f"{path}/roles", json={"roles": ["teacher"]})).status_code == 409
    assert (await boyle.ask("POST", f"{path}/disable")).status_code == 409
    haddad = f"/staff/{house.people['haddad'].id}/roles"
    assert (await boyle.ask("PUT", haddad, json={"roles": ["teacher", "lead_dsl"]})).status_code == 200
    assert (await boyle.ask("PUT", f"{path}/roles", json={"roles": ["teacher"]})).status_code == 200


async def test_a_school_does_not_see_or_change_anothers_staff(house: House) -> None:
    frost = await house.session("frost")
    haddad = house.people["haddad"].id
    unknown = new_id()
    for person in (haddad, unknown):
        answer = await frost.ask("PUT", f"/staff/{person}/roles", json={"roles": ["head"]})
        assert answer.status_code == 404
        assert (await frost.ask("POST", f"/staff/{person}/disable")).status_code == 404
    assert (await frost.ask("GET", "/staff", params={"starts": "had"})).json() == {"staff": []}
    okafor = await house.session("okafor")
    assert len((await okafor.ask("GET", "/staff", params={"starts": "had"})).json()["staff"]) == 1


@pytest.mark.parametrize("who", ["haddad", "dpo"])
async def test_only_those_who_may_add_staff_do(house: House, who: str) -> None:
    session = await house.session(who)
    body = {"email": "new@school.example", "surname": "New", "roles": ["teacher"]}
    assert (await session.ask("POST", "/staff", json=body)).status_code == 403


async def test_adding_somebody_who_has_an_account_does_not_take_it_over(house: House) -> None:
    frost = await house.session("frost")
    body = {"email": house.people["haddad"].email.upper(), "surname": "Other", "roles": ["teacher"]}
    answer = await frost.ask("POST", "/staff", json=body)
    assert answer.json() == {"id": str(house.people["haddad"].id), "invited": False}
    assert (await house.sign_in("haddad")).status_code == 200


async def test_c12_c13_who_raises_shields(house: House, empty_cluster: Cluster) -> None:
    pupil = str(new_id())
    shield = {"staff_id": str(house.people["okafor"].id), "pupil_id": pupil, "reason": "parent"}
    boyle = await house.session("boyle")
    # The trust has a data protection officer, so it is not for the head to decide.
    assert (await boyle.ask("POST", "/shields", json=shield)).status_code == 403
    dpo = await house.session("dpo")
    assert (
        await house.gateway("/sessions/school", {"session": dpo.token, "school_id": str(house.oakfield)})
    ).is_success
    assert (
        await house.gateway("/sessions/elevate", {"session": dpo.token, "code": house.people["dpo"].code(ahead=1)})
    ).is_success
    raised = await dpo.ask("POST", "/shields", json=shield)
    assert raised.status_code == 201, raised.text
    both = shield | {"incident_id": str(new_id())}
    assert (await dpo.ask("POST", "/shields", json=both)).status_code == 422
    okafor = await house.session("okafor")
    tokens = (await okafor.check()).json()["tokens"]
    import base64

    payload = tokens["incident"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["shields"] == [pupil]
    assert [e["active"] for e in await events(empty_cluster, "shield.changed")] == [True]
    assert (await dpo.ask("DELETE", f"/shields/{raised.json()['id']}")).status_code == 204
    assert [e["active"] for e in await events(empty_cluster, "shield.changed")] == [True, False]


async def test_r122_groups_are_of_ones_own_school_and_changes_are_not_lost(
    house: House, empty_cluster: Cluster
) -> None:
    okafor = await house.session("okafor")
    haddad, frost = str(house.people["haddad"].id), str(house.people["frost"].id)
    wrong = await okafor.ask("POST", "/groups", json={"name": "KS2", "member_ids": [haddad, frost]})
    assert wrong.json()["errors"][0]["path"] == "member_ids.1"
    made = await okafor.ask("POST", "/groups", json={"name": "KS2", "member_ids": [haddad]})
    assert made.status_code == 201
    again = await okafor.ask("POST", "/groups", json={"name": "ks2", "member_ids": []})
    assert again.json()["errors"][0]["path"] == "name"
    path, tag = f"/groups/{made.json()['id']}", {"If-Match": made.headers["etag"]}
    body = {"name": "KS2 Behaviour", "member_ids": [haddad, str(house.people["boyle"].id)]}
    assert (await okafor.ask("PUT", path, json=body, headers=tag)).status_code == 200
    assert (await okafor.ask("PUT", path, json=body, headers=tag)).status_code == 409
    assert [len(e["member_ids"]) for e in await events(empty_cluster, "group.changed")] == [1, 2]  # type: ignore[arg-type]


async def test_a_personal_token_may_less_than_its_owner_and_ends_with_them(house: House) -> None:
    haddad = await house.session("haddad")
    wide = await haddad.ask("POST", "/tokens", json={"name": "Rota", "scopes": ["staff:write"]})
    assert wide.status_code == 422
    made = (await haddad.ask("POST", "/tokens", json={"name": "Rota", "scopes": ["alert:read"]})).json()
    check = {"personal_token": made["token"], "audience": ["incident"]}
    checked = (await house.gateway("/sessions/check", check)).json()
    assert checked["staff"]["scopes"] == ["alert:read"]
    assert checked["staff"]["assurance"] == "mfa"
    assert (await haddad.ask("DELETE", f"/tokens/{made['id']}")).status_code == 204
    assert (await house.gateway("/sessions/check", check)).status_code == 401


async def test_the_snapshot_makes_the_same_copy_as_the_events(house: House) -> None:
    from shared.peers import ServiceTokens

    tokens = ServiceTokens(house.tokens._peers, name="alerting", secret="s" * 40)
    seen, after = list[dict[str, Any]](), None
    while True:
        params: dict[str, str] = {"after": after} if after else {}
        page = (await house.http.get("/internal/snapshot", params=params, headers=await tokens.headers("auth"))).json()
        seen += page["events"]
        after = page["next"]
        if after is None:
            break
    kinds = [event["type"] for event in seen]
    assert kinds.count("heed.school.registered.v1") == 2
    assert kinds.count("heed.staff.added.v1") == 6
    roles = {
        e["data"]["staff_id"]: e["data"]["roles"]
        for e in seen
        if e["school_id"] == str(house.oakfield) and "staff_id" in e["data"]
    }
    assert roles[str(house.people["boyle"].id)] == [Role.HEAD]
    headers = await house.tokens.headers("auth")
    assert (await house.http.get("/internal/snapshot", headers=headers)).status_code == 401


async def test_addresses_go_to_the_sender_and_names_to_the_gateway(house: House) -> None:
    from shared.peers import ServiceTokens

    ids = {"staff_ids": [str(house.people["okafor"].id), str(new_id())]}
    sender = ServiceTokens(house.tokens._peers, name="alerting", secret="s" * 40)
    answer = await house.http.post("/internal/addresses", json=ids, headers=await sender.headers("auth"))
    assert list(answer.json()["addresses"].values()) == [{"email": "okafor@school.example", "school_name": "Oakfield"}]
    assert answer.json()["schools"] == {str(house.oakfield): "Oakfield", str(house.harbour): "Harbour"}
    names = await house.gateway("/internal/names", ids)
    assert list(names.json()["names"].values()) == ["Ms Okafor"]
