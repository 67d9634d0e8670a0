"""Every route that asks for a right, over HTTP: each role at the assurance it needs, at the one below, and refused.

Which route is for which doing is written here once more; a route without a row fails. Bodies are the examples of the
API's own description, about what does not exist: whoever may do it is told that, and whoever may not is told so first.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from deploy import openapi
from services.gateway.app import API_ROUTERS
from services.gateway.asking import Asks
from shared.contracts.words import Role, TrustRole
from shared.ids import new_id
from tests.architecture.test_permissions import permissions_of
from tests.conftest import Cluster, emptied
from tests.gateway.cast import LEVELS, Cast
from tests.gateway.conftest import API, CSV, ROLL, house_over, key
from tests.gateway.test_access_table import (
    EVERYBODY,
    IN_SCHOOL,
    NOT_THEIRS,
    SIGN_IN_FURTHER,
)
from tests.shared.test_policy import DOING

ELEVATE = (403, "elevation-required")
TRUSTS = EVERYBODY - IN_SCHOOL
TRUST_ADMIN, SAFEGUARDING = {"trust_administrator"}, {"trust_safeguarding_lead"}

# Beside the table of doing: what everybody does for themselves, and what the form is filled in with.
WHO: dict[str, tuple[set[str], int]] = {
    **{
        action: ({str(r) for r in roles - {Role.UNKNOWN}} | {str(r) for r in trust - {TrustRole.UNKNOWN}}, int(sure))
        for action, roles, trust, sure in DOING
    },
    "incident:own": (IN_SCHOOL, 2),
    "incident:read": (IN_SCHOOL | SAFEGUARDING, 2),
    "absence:own": (IN_SCHOOL, 2),
    "mails:own": (IN_SCHOOL | SAFEGUARDING, 2),
    "token:own": (EVERYBODY, 3),
    "sign-in:change": (EVERYBODY, 3),
    "category:list": (EVERYBODY, 1),
    "staff:list": (EVERYBODY, 1),
    "group:list": (EVERYBODY, 1),
    "school:write": (TRUST_ADMIN, 3),
}

ROWS = {
    "incident:log": "POST /incidents | POST /incidents/recipients",
    "draft:keep": "GET /drafts/{} | PUT /drafts/{} | DELETE /drafts/{} | POST /coach",
    "draft:list": "GET /drafts",
    "pupil:pick": "GET /pupils",
    "category:list": "GET /categories | GET /lists/{}",
    "staff:list": "GET /staff",
    "group:list": "GET /groups",
    "incident:own": "GET /incidents | GET /incidents/{}/told-detail | GET /me/notices | POST /me/notices/{}/seen",
    "incident:read": (
        "GET /incidents/{} | GET /incidents/by-number/{} | GET /incidents/{}/told | POST /incidents/search"
    ),
    "addendum:add": "POST /incidents/{}/addenda",
    "action:add": "POST /incidents/{}/actions",
    "action:done": "POST /incidents/{}/actions/{}/done | POST /duties/{}/done",
    "action:own": "GET /actions/mine",
    "action:list": "GET /actions",
    "duty:own": "GET /duties/mine",
    "duty:list": "GET /duties",
    "alert:read": (
        "GET /alerts | GET /alerts/next | GET /alerts/waiting | GET /alerts/desk | GET /alerts/{} | "
        "POST /alerts/{}/read | POST /alerts/{}/acknowledge | POST /alerts/{}/done"
    ),
    "alert:add": "POST /incidents/{}/alerts",
    "alert:withdraw": "GET /incidents/{}/alerts | POST /alerts/{}/withdraw",
    "incident:correct": "POST /incidents/{}/corrections",
    "incident:close": "POST /incidents/{}/review | POST /incidents/{}/close | POST /incidents/{}/reopen",
    "decision:record": "POST /incidents/{}/decisions",
    "consent:record": "POST /incidents/{}/consents",
    "pupil:find": "POST /pupils/find",
    "pupil:chronology": (
        "GET /pupils/{} | GET /pupils/{}/chronology | GET /pupils/{}/significant | GET /pupils/{}/patterns"
    ),
    "event:mark": "POST /pupils/{}/significant/{} | POST /pupils/{}/significant/{}/retire",
    "pupil:looked-at": "GET /pupils/{}/looked-at",
    "pupil:change": (
        "PUT /pupils/{}/preferred-name | PUT /pupils/{}/contacts/{}/do-not-contact | POST /pupils/{}/flags | "
        "POST /pupils/{}/flags/{}/end"
    ),
    "pupil:names-apart": "POST /pupils/{}/names-apart",
    "roll:import": (
        "POST /roll | POST /roll/imports | GET /roll/imports/{} | PUT /roll/imports/{}/mapping | "
        "POST /roll/imports/{}/apply | POST /pupils"
    ),
    "category:write": (
        "GET /categories/all | POST /categories | PUT /categories/order | PATCH /categories/{} | "
        "POST /categories/{}/retire | POST /categories/{}/merge | POST /categories/standard | POST /lists/{} | "
        "PUT /lists/{}/order | PATCH /lists/{}/{} | POST /lists/{}/{}/retire | "
        "POST /lists/{}/{}/merge | GET /coach/words | PUT /coach/words"
    ),
    "rules:write": (
        "GET /alert-rules | PUT /alert-rules | POST /alert-rules/try | GET /escalation-settings | "
        "PUT /escalation-settings"
    ),
    "webhook:write": (
        "GET /webhooks | POST /webhooks | GET /webhooks/{}/deliveries | POST /webhooks/{}/off | POST /webhooks/{}/on | "
        "POST /webhooks/{}/test"
    ),
    "audit:read": "GET /audit",
    "group:write": "POST /groups | PUT /groups/{}",
    "staff:write": (
        "GET /staff/all | POST /staff | POST /staff/import | GET /staff/export | POST /staff/{}/invite | "
        "PUT /staff/{}/roles | POST /staff/{}/disable | POST /staff/{}/enable | POST /staff/{}/sessions/end | "
        "POST /staff/{}/second-factor/reset | PUT /staff/{}/absence | DELETE /staff/{}/absence"
    ),
    "school:write": "POST /schools",
    "danger-text:write": "GET /school | PUT /school/danger-text",
    "figures:read": "GET /figures",
    "kiosk:write": "GET /kiosks | POST /kiosks | DELETE /kiosks/{}",
    "shield:write": "GET /shields | POST /shields/find | POST /shields | DELETE /shields/{}",
    "break-glass": "GET /break-glass/pupils | POST /break-glass",
    "break-glass:end": "POST /break-glass/{}/end",
    "break-glass:review": "GET /break-glass | POST /break-glass/{}/review",
    "absence:own": "GET /me/absence | PUT /me/absence | DELETE /me/absence",
    "mails:own": "GET /me/mails | PUT /me/mails",
    "token:own": "GET /tokens | POST /tokens | DELETE /tokens/{}",
    "sign-in:change": "DELETE /me/passkeys/{} | POST /me/accounts | DELETE /me/accounts/{}",
}
DONE_BY = {route: action for action, routes in ROWS.items() for route in routes.split(" | ")}
DESCRIBED = json.loads(openapi.text("gateway"))["paths"]


def asked() -> dict[str, str]:
    """Every route of the public API that asks for a right, without the names of what stands in its path."""
    found = {}
    for route in (route for router in API_ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        if any(isinstance(one, Asks) for one in permissions_of(route)):
            for method in route.methods or ():
                found[f"{method} {re.sub(r'{[^}]*}', '{}', route.path.removeprefix(API))}"] = route.path
    return found


ROUTES = asked()


def request_of(route: str) -> dict[str, Any]:
    """A call of this route as its description shows it, about what is not there."""
    method, path = route.split(" ", maxsplit=1)[0], ROUTES[route]
    operation = DESCRIBED[path][method.lower()]
    rest: dict[str, Any] = {"headers": {}}
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            rest["json"] = media["example"]
        else:
            rest |= {"content": ROLL, "headers": dict(CSV)}
            break
    for parameter in operation.get("parameters", ()):
        if parameter.get("required") and parameter["in"] == "query":
            rest.setdefault("params", {})[parameter["name"]] = "row"
        if parameter["name"] == "Idempotency-Key":
            rest["headers"] |= key()
    path = path.replace("{which}", "agencies").replace("{number}", "999999").removeprefix(API)
    return {"method": method, "path": re.sub(r"{[^}]*}", lambda _: str(new_id()), path), **rest}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everybody(cluster: Cluster) -> AsyncIterator[Cast]:
    async with house_over(await emptied(cluster)) as house:
        made = Cast(house)
        yield await made.appear(IN_SCHOOL)
        await made.close()


def test_every_route_that_asks_for_a_right_has_a_row_and_every_row_a_route() -> None:
    assert set(DONE_BY) == set(ROUTES)
    assert set(DONE_BY.values()) <= set(WHO)
    assert len(DONE_BY) == sum(len(routes.split(" | ")) for routes in ROWS.values())


@pytest.mark.postgres
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", sorted(DONE_BY))
async def test_each_role_at_each_assurance_is_let_in_or_told_what_is_missing(everybody: Cast, route: str) -> None:
    everybody.wrong.clear()
    who, needs = WHO[DONE_BY[route]]

    async def ask(role: str, level: int) -> httpx.Response:
        return await everybody.people[role, LEVELS[level - 1]].ask(**request_of(route))

    calls = {(role, 3): ask(role, 3) for role in EVERYBODY}
    calls |= {(role, level): ask(role, level) for role in who for level in {needs, needs - 1} - {0, 3}}
    for (role, level), answer in zip(calls, await asyncio.gather(*calls.values()), strict=True):
        what = f"{role} at {LEVELS[level - 1]}"
        if role not in who:
            everybody.expect(what, answer, NOT_THEIRS)
        elif level < needs:
            everybody.expect(what, answer, SIGN_IN_FURTHER if needs == 2 else ELEVATE)
        elif answer.status_code in {401, 403} or answer.status_code >= 500:
            everybody.wrong.append(f"{what} is not let in: {answer.status_code} {answer.text}")
    assert everybody.wrong == []
