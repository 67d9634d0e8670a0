"""The rules by which people are alerted."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.gateway import trials
from services.gateway.asking import asks
from services.gateway.calls import Caller
from services.gateway.openapi import BASE
from services.gateway.routes.documented import IfMatch, gives
from services.gateway.rule_warnings import rules_with_warnings
from services.gateway.schemas import rules as schemas

router = APIRouter(prefix=f"{BASE}/alert-rules", tags=["Settings"])
RuleWriter = Annotated[Caller, Depends(asks("rules:write"))]


@router.get("", responses=gives(schemas.Rules, "Who is told of what.", etag=True))
async def read_rules(caller: RuleWriter) -> Response:
    """Who is told of what, by category. The head and the lead DSL are told of everything, rules or not.

    A rule that points at a category nothing is filed under any more is named in `warnings`.
    """
    return await rules_with_warnings(caller, await caller.call("alerting", "GET", "/rules"))


@router.put("", responses=gives(schemas.Rules, "The rules as they are now.", etag=True))
async def write_rules(caller: RuleWriter, body: schemas.NewRules, if_match: IfMatch = None) -> Response:
    """Set who is told of what. It counts for the next concern; the head and the lead DSL are told of the change."""
    return await rules_with_warnings(caller, await caller.call("alerting", "PUT", "/rules", body=body))


@router.post("/try", responses=gives(schemas.Tried, "Who would be told, and why."))
async def try_rules(caller: RuleWriter, body: schemas.Trial) -> Response:
    """Try the rules on an invented concern: who would be told, and why. Nobody is."""
    return await trials.try_rules(caller, body)
