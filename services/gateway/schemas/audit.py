"""The audit: who did or read what, when, about whom and why."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.schemas import CONCERN, HADDAD, READ, ROWAN, TOKEN, Answer, example


class AuditRow(Answer):
    id: UUID
    service: str = Field(description="which part of Heed wrote it down: auth, incident or alerting")
    at: datetime
    actor: str = Field(description="`staff`, or what acted by itself")
    staff_id: UUID | None
    action: str
    about_kind: str
    about_id: UUID | None
    pupil_ids: list[UUID] = Field(description="the children it was about")
    reason: str | None
    assurance: str | None = Field(description="password, mfa or elevated")
    break_glass_id: UUID | None


class Sealed(Answer):
    service: str
    rows: int = Field(description="up to which row it is numbered, hashed and signed")
    at: datetime | None


class Audit(Answer):
    model_config = example(
        rows=[
            {
                "id": TOKEN,
                "service": "incident",
                "at": READ,
                "actor": "staff",
                "staff_id": HADDAD,
                "action": "incident:read",
                "about_kind": "incident",
                "about_id": CONCERN,
                "pupil_ids": [ROWAN],
                "reason": None,
                "assurance": "elevated",
                "break_glass_id": None,
            }
        ],
        next=None,
        sealed=[{"service": "incident", "rows": 18204, "at": READ}],
        names={str(HADDAD): "Mr Haddad"},
        notices=[],
    )

    rows: list[AuditRow]
    next: str | None
    sealed: list[Sealed]
    names: dict[UUID, str]
    notices: list[str]
