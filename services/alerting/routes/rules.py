"""The school's rules: read, replaced, tried."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.alerting import schemas, service
from services.alerting.models import AlertRule
from services.alerting.queries.rules import rules_of
from services.alerting.routes.within import IfMatch, database, etag, scope, version_of
from shared.identity import Staff, may

router = APIRouter(prefix="/rules", tags=["rules"])
foreseeing = APIRouter(tags=["rules"])
Writing = Annotated[Staff, Depends(may("incident:log"))]
Writer = Annotated[Staff, Depends(may("rules:write"))]


@router.get("")
async def read_rules(request: Request, response: Response, staff: Writer) -> schemas.RulesShown:
    async with database(request).begin(scope(staff)) as session:
        version, rules = await rules_of(session, staff.school_id)
    return _shown(response, version, rules)


@router.put("")
async def write_rules(
    request: Request, response: Response, staff: Writer, body: schemas.NewRules, if_match: IfMatch = None
) -> schemas.RulesShown:
    async with database(request).begin(scope(staff)) as session:
        rules = [rule.rule() for rule in body.rules]
        await service.replace_rules(session, acting_staff=staff, rules=rules, version=version_of(if_match))
        version, in_force = await rules_of(session, staff.school_id)
    return _shown(response, version, in_force)


@router.post("/try")
async def try_rules(request: Request, staff: Writer, body: schemas.Trial) -> schemas.Tried:
    async with database(request).begin(scope(staff)) as session:
        facts = body.facts(staff.school_id, datetime.now(UTC))
        found = await service.try_rules(session, acting_staff=staff, facts=facts)
    return schemas.Tried(
        told=[
            schemas.WouldBeToldShown(
                staff_id=one.told.staff_id,
                why=list(one.told.why),
                rules=list(one.rules),
                instead_of=list(one.told.instead_of),
            )
            for one in found
        ]
    )


@foreseeing.post("/recipients")
async def foresee(request: Request, staff: Writing, body: schemas.Foreseen) -> schemas.AllForeseen:
    """Who will be told of a concern as it stands while it is being written (R69 to R72)."""
    async with database(request).begin(scope(staff)) as session:
        facts = body.facts(staff.staff_id, datetime.now(UTC))
        found = await service.foresee(session, acting_staff=staff, facts=facts)
    return schemas.AllForeseen(told=[schemas.ForeseenShown(staff_id=one.staff_id, why=list(one.why)) for one in found])


def _shown(response: Response, version: int, rules: Sequence[AlertRule]) -> schemas.RulesShown:
    response.headers.update(etag(version))
    shown = [schemas.RuleShown.model_validate(rule, from_attributes=True) for rule in rules]
    return schemas.RulesShown(version=version, rules=shown)
