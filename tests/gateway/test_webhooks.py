"""Webhooks through the gateway: made by those who set the rules, tried, switched off and on."""

from shared.contracts.words import Role
from tests.gateway.conftest import House


async def test_a_webhook_is_made_listed_tried_and_switched_off_and_on(house: House) -> None:
    okafor = house.people["okafor"]
    body = {"url": "https://hooks.rivermead.example/heed", "events": ["alert.raised"]}
    made = await okafor.post("/webhooks", json=body)
    assert made.status_code == 201, made.text
    webhook = made.json()
    assert webhook["secret"].startswith("whsec_")
    [listed] = (await okafor.get("/webhooks")).json()["webhooks"]
    assert listed["id"] == webhook["id"]
    path = f"/webhooks/{webhook['id']}"
    tried = await okafor.post(f"{path}/test")
    assert tried.status_code == 202
    [one] = (await okafor.get(f"{path}/deliveries")).json()["deliveries"]
    assert (one["id"], one["state"]) == (tried.json()["delivery_id"], "waiting")
    for step in ("off", "on"):
        assert (await okafor.post(f"{path}/{step}")).status_code == 204
    inside = {**body, "url": "https://10.0.0.8/"}
    assert (await okafor.post("/webhooks", json=inside)).status_code == 422
    haddad = await (await house.add("haddad", Role.DEPUTY_DSL)).sign_in("elevated")
    assert (await haddad.get("/webhooks")).status_code == 403
