"""Searching the record by its words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.incident import schemas, service
from services.incident.queries.searching import MOST_COUNTED, Hit
from services.incident.routes.within import after, cursor, database, reader, scope
from services.incident.service.searching import Found
from services.incident.views import first_line, named
from shared.identity import Staff, may

router = APIRouter(prefix="/incidents", tags=["incidents"])


@router.post("/search")
async def search(
    request: Request, staff: Annotated[Staff, Depends(may("incident:read"))], body: schemas.WantedWords
) -> schemas.HitsShown:
    who = await reader(request, staff)
    async with database(request).begin(scope(staff)) as session:
        found = await service.search_incidents(
            session, who=who, sought=body.words, limit=body.limit, after=after(body.cursor)
        )
    last = found.hits[-1] if found.hits else None
    return schemas.HitsShown(
        break_glass=staff.break_glass is not None,
        count=min(found.count, MOST_COUNTED),
        at_least=found.count > MOST_COUNTED,
        hits=[_shown(found, hit) for hit in found.hits],
        next=cursor(last.logged_at, last.incident_id) if found.more and last else None,
    )


def _shown(found: Found, hit: Hit) -> schemas.HitShown:
    incident, number = found.hanging.incidents[hit.incident_id]
    revision = incident.revision if hit.whole else 1
    words = next(one for one in found.hanging.revisions[incident.id] if one.revision == revision)
    categories = found.hanging.categories.get((incident.id, revision), ())
    return schemas.HitShown(
        view="whole" if hit.whole else "own",
        id=incident.id,
        number=number,
        author_id=incident.author_id,
        logged_at=incident.logged_at,
        occurred_at=words.occurred_at,
        pupils=[child.pupil.name for child in found.hanging.children[incident.id, revision]],
        categories=[one.name for one in named(categories, found.categories, found.former, words.at)],
        found_in=sorted(hit.found_in),
        excerpt=found.excerpts.get(incident.id) or first_line(words.narrative),
    )
