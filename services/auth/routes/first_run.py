"""The first page of an empty house, asked by the gateway in its own name: nobody can be signed in yet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.auth import schemas, service
from services.auth.domain.first_run import opens_the_house
from services.auth.routes.within import database, now
from services.auth.service.first_run import FirstLead, FirstSchool
from shared.db import Scope
from shared.errors import FieldError, Invalid
from shared.identity import service_only
from shared.settings import HouseSettings

router = APIRouter(prefix="/first-run", tags=["first run"])
Gateway = Annotated[str, Depends(service_only("gateway"))]
WRONG_CODE = "This is not the starting code. It stands in the terminal in which Heed was started."


@router.post("/open")
async def is_open(request: Request, _: Gateway) -> schemas.Untouched:
    async with database(request).begin(Scope()) as session:
        return schemas.Untouched(open=await service.is_untouched(session))


@router.post("", status_code=201)
async def begin(request: Request, _: Gateway, body: schemas.NewHouse) -> schemas.HouseBegun:
    """Raises 409 as soon as there is a trust, whatever the code."""
    settings: HouseSettings = request.app.state.settings
    async with database(request).begin(Scope()) as session:
        if await service.is_untouched(session) and not opens_the_house(
            body.code, key_secret=settings.key_secret.get_secret_value()
        ):
            raise Invalid(FieldError("code", WRONG_CODE))
        school = body.school
        link = await service.begin_house(
            session,
            trust=body.trust,
            school=FirstSchool(school.name, school.short_name or school.name, school.phase, school.urn),
            lead=FirstLead(**body.lead.model_dump()),
            now=now(),
        )
    return schemas.HouseBegun(link=link)
