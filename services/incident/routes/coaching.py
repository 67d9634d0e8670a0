"""The writing coach, and what a school adds to its words."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.incident import schemas
from services.incident.coach import Finding
from services.incident.models import CoachWords, Pupil
from services.incident.queries.coaching import words_of
from services.incident.routes.within import IfMatch, database, etag, scope, version_of
from services.incident.service import coaching
from shared.identity import Staff, may

router = APIRouter(prefix="/coach", tags=["coach"])

Setter = Annotated[Staff, Depends(may("category:write"))]
PREPARED = coaching.Prepared()


@router.post("")
async def coach(
    request: Request, staff: Annotated[Staff, Depends(may("draft:keep"))], body: schemas.Coach
) -> schemas.Coached:
    async with database(request).begin(scope(staff)) as session:
        found, pupils = await coaching.coach(
            session, acting_staff=staff, prepared=PREPARED, text=body.text, linked=body.pupil_ids
        )
    return schemas.Coached(findings=[_finding(finding, pupils) for finding in found])


@router.get("/words")
async def words(request: Request, response: Response, staff: Setter) -> schemas.SchoolWordsShown:
    async with database(request).begin(scope(staff)) as session:
        found = await words_of(session, staff.school_id)
    response.headers.update(etag(found.version if found else 0))
    return _words(found)


@router.put("/words")
async def set_words(
    request: Request, response: Response, staff: Setter, body: schemas.SchoolWords, if_match: IfMatch = None
) -> schemas.SchoolWordsShown:
    async with database(request).begin(scope(staff)) as session:
        made = await coaching.set_words(
            session,
            acting_staff=staff,
            words=_given(body),
            version=version_of(if_match),
        )
    response.headers.update(etag(made.version))
    return _words(made)


def _given(body: schemas.SchoolWords) -> coaching.Words:
    phrases = {str(rule): phrases for rule, phrases in body.phrases.items()}
    return coaching.Words(phrases, body.abbreviations, body.left_alone)


def _finding(finding: Finding, pupils: Mapping[UUID, Pupil]) -> schemas.FindingShown:
    return schemas.FindingShown(
        start=finding.start,
        end=finding.end,
        line=finding.line,
        rule=finding.rule.value,
        words=finding.words,
        why=finding.why,
        suggestion=finding.suggestion,
        pupils=[
            schemas.PickedPupil.model_validate(pupils[pupil_id], from_attributes=True) for pupil_id in finding.pupil_ids
        ],
    )


def _words(row: CoachWords | None) -> schemas.SchoolWordsShown:
    if row is None:
        return schemas.SchoolWordsShown(phrases={}, abbreviations=[], left_alone=[], version=0)
    return schemas.SchoolWordsShown(**row.content, version=row.version)
