"""Being away, and who may stand in. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from shared.contracts.words import DSL_TEAM, Role

LONGEST_ABSENCE: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Absence:
    """From a day to a day, both counted."""

    from_on: date
    until_on: date
    deputy_id: UUID | None

    def holds(self, today: date) -> bool:
        return self.from_on <= today <= self.until_on


def may_stand_in(*, of: Collection[Role], deputy: Collection[Role]) -> bool:
    """Whether somebody with these roles may be told in place of another.

    For the DSL team only another of the DSL team: whoever stands in reads what the one who is away would have read.
    """
    return bool(deputy) and (not DSL_TEAM.intersection(of) or bool(DSL_TEAM.intersection(deputy)))
