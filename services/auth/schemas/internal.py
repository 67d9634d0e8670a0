"""What other services ask."""

from typing import Literal

from services.auth.schemas.fields import Ids
from shared.schemas import Body


class ServiceToken(Body):
    audience: Literal["auth", "incident", "alerting"]


class StaffIds(Body):
    staff_ids: Ids
