"""A sample of every event. `python -m tests.contracts.samples` writes those that have no golden file yet.

A golden file that exists is never written again: it stands for what is already in topics and outboxes somewhere.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.events import Event, Fact
from shared.contracts.registry import EVENTS, encode
from shared.contracts.words import Part, Role, Sensitivity, TrustRole, Why

GOLDEN = Path(__file__).parent / "golden"

_VALUES: dict[str, Any] = {
    "roles": [Role.TEACHER, Role.DEPUTY_DSL],
    "trust_roles": [TrustRole.DATA_PROTECTION_OFFICER],
    "why": [Why.LEAD_DSL, Why.RULE],
    "active": True,
    "urgent": True,
    "tell_author": True,
    "promise": True,
    "due_at": datetime(2026, 11, 25, 15, 30, tzinfo=UTC),
    "away_until": date(2026, 12, 4),
    "year_group": "4",
    "part": Part.HARMED,
    "sensitivity": Sensitivity.SENSITIVE,
    "logged_at": datetime(2026, 11, 23, 12, 40, tzinfo=UTC),
}


def sample(model: type[Fact]) -> Fact:
    values: dict[str, Any] = {}
    for number, name in enumerate(model.model_fields, 1):
        if name == "pupils":
            from shared.contracts.incident import LinkedPupil

            values[name] = [sample(LinkedPupil)]
        elif name == "also":
            from shared.contracts.alerting import AlsoTold

            values[name] = [sample(AlsoTold)]
        elif name.endswith("_ids"):
            values[name] = [_id(number), _id(number + 100)]
        elif name.endswith("_id"):
            values[name] = _id(number)
        else:
            values[name] = _VALUES[name]
    return model(**values)


def _id(number: int) -> UUID:
    return UUID(f"01930000-0000-7000-8000-{number:012x}")


def golden_file(event: type[Event]) -> Path:
    return GOLDEN / f"{event.TYPE}.json"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for event in EVENTS:
        if not golden_file(event).exists():
            made = sample(event)
            assert isinstance(made, Event)
            golden_file(event).write_bytes(encode(made) + b"\n")
