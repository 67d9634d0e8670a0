"""What a concern would say to the rules of alerting if it were logged as it stands."""

from collections.abc import Iterable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.incident.models import Category, Pupil
from services.incident.queries import pupils as roll
from services.incident.routes.within import database, scope
from services.incident.schemas.incidents import LinkedPupil
from services.incident.schemas.outline import Outlined, OutlineShown
from shared.contracts.incident import LinkedPupil as LinkedFacts
from shared.identity import Staff, may

router = APIRouter(prefix="/incidents", tags=["incidents"])


@router.post("/outline")
async def outline(
    request: Request, staff: Annotated[Staff, Depends(may("incident:log"))], body: Outlined
) -> OutlineShown:
    """For the gateway alone, which asks alerting with it. It is nothing that the writer did not choose from what they
    are shown anyway: class and year of a child on the roll. What is not the school's is left out; nothing is written.
    """
    async with database(request).begin(scope(staff)) as session:
        known = {one.id: one for one in await roll.categories(session, staff.school_id)}
        there = await roll.on_roll(session, staff.school_id, [one.pupil_id for one in body.pupils])
    chosen = [one for one in dict.fromkeys(body.category_ids) if one in known]
    every = [*chosen, *(i for one in body.pupils for i in one.category_ids if i in known)]
    return OutlineShown(
        sensitivity=max((known[one].sensitivity for one in every), default=None),
        category_ids=chosen,
        parent_category_ids=_above(known, chosen),
        pupils=[_facts(one, there[one.pupil_id], chosen, known) for one in body.pupils if one.pupil_id in there],
    )


def _facts(linked: LinkedPupil, pupil: Pupil, chosen: list[UUID], known: Mapping[UUID, Category]) -> LinkedFacts:
    filed = [one for one in linked.category_ids if one in known] or chosen
    return LinkedFacts(
        pupil_id=pupil.id,
        part=linked.part,
        category_ids=filed,
        parent_category_ids=_above(known, filed),
        class_id=pupil.class_id,
        year_group=pupil.year_group,
    )


def _above(known: Mapping[UUID, Category], category_ids: Iterable[UUID]) -> list[UUID]:
    above = (known[one].parent_id for one in category_ids)
    return list(dict.fromkeys(one for one in above if one is not None))
