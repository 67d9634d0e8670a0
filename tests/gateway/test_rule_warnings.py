"""Rules that point at a category which is not used any more are named, in their list and when they are tried."""

from typing import Any

from tests.gateway.conftest import House


async def test_r129_a_rule_for_a_retired_or_merged_category_is_named_in_the_list_and_in_a_trial(house: House) -> None:
    okafor = house.people["okafor"]

    def rule(name: str, *categories: str) -> dict[str, Any]:
        return {"name": name, "category_ids": [str(house.categories[one]) for one in categories], "roles": ["senco"]}

    rules = [rule("Care", "Welfare Concern", "ELSA"), rule("Health", "COVID"), rule("All")]
    written = await okafor.put("/alert-rules", json={"rules": rules})
    assert written.status_code == 200, written.text
    assert (written.json()["warnings"], written.json()["notices"]) == ([], [])
    into = str(house.categories["EMHP"])
    merged = await okafor.post(f"/categories/{house.categories['ELSA']}/merge", json={"into": into})
    assert merged.status_code == 204, merged.text
    retired = await okafor.post(f"/categories/{house.categories['COVID']}/retire")
    assert retired.status_code == 204, retired.text
    expected = [("Care", "ELSA", "merged", into), ("Health", "COVID", "retired", None)]
    trial = {"category_ids": [str(house.categories["Welfare Concern"])]}
    read, tried = await okafor.get("/alert-rules"), await okafor.post("/alert-rules/try", json=trial)
    for answer in (read, tried):
        warnings = answer.json()["warnings"]
        found = [(one["rule"], one["category"], one["problem"], one["merged_into"]) for one in warnings]
        assert found == expected, answer.text
    assert read.headers["ETag"] == written.headers["ETag"]
