"""Settings: what there is to be set, as far as it is this person's to do."""

from fastapi import APIRouter, Request, Response

from services.gateway.pages.frame import page
from services.gateway.pages.problems import PageRoute
from services.gateway.pages.visit import SignedInVisit
from shared.policy import ACTIONS

router = APIRouter(prefix="/settings", include_in_schema=False, route_class=PageRoute)

# action, address, name, what it is for
PARTS = (
    (
        "category:write",
        "/settings/categories",
        "Categories",
        "What kinds of concern you tell apart, and who sees them",
    ),
    ("rules:write", "/settings/rules", "Alert rules", "Who is told of what, and trying it out"),
    ("rules:write", "/settings/times", "Times", "By when alerts are read; school hours and holidays"),
    ("group:write", "/settings/groups", "Groups", "People who are told together"),
    ("category:write", "/settings/lists/agencies", "Agencies", "Whom your school speaks to"),
    ("category:write", "/settings/lists/locations", "Places", "Where things happen"),
    ("staff:write", "/settings/staff", "Staff", "Invitations, roles, classes, absence"),
    ("roll:import", "/settings/roll", "Roll", "Children from your management system"),
    ("danger-text:write", "/settings/school", "School", "What is said before sign-in, and the link for a device"),
    ("school:write", "/settings/schools", "Schools", "The schools of your trust"),
    ("kiosk:write", "/settings/kiosks", "Kiosks", "Shared devices on which anybody can log"),
    ("shield:write", "/settings/shields", "Shields", "Who is kept from which child or concern"),
    ("webhook:write", "/settings/webhooks", "Webhooks", "Your own systems, told by id alone"),
)


@router.get("")
async def settings_page(request: Request, visit: SignedInVisit) -> Response:
    return page(
        request, "settings/index.html", parts=[part for part in PARTS if part[0] in ACTIONS and visit.may(part[0])]
    )
