"""Classes taught, and who may change whose rights. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from shared.contracts.words import DSL_TEAM, Role, TrustRole


@dataclass(frozen=True, slots=True)
class Period:
    """A class somebody teaches; the last day counts."""

    code: str
    from_on: date
    to_on: date | None = None

    def holds(self, today: date) -> bool:
        return self.from_on <= today and (self.to_on is None or today <= self.to_on)


def classes_of(periods: Iterable[Period], today: date) -> list[str]:
    return sorted({period.code for period in periods if period.holds(today)})


def team_roles_given(before: Iterable[Role], after: Iterable[Role]) -> list[Role]:
    """Roles of the DSL team that somebody has now and had not before: others are told of these at once."""
    return sorted((set(after) - set(before)) & DSL_TEAM)


def may_shield(
    *,
    roles: Iterable[Role],
    trust_roles: Iterable[TrustRole],
    of_roles: Iterable[Role],
    trust_watches: bool,
) -> bool:
    """Whether somebody with these roles decides over the shields of somebody with `of_roles` (C12).

    `trust_watches`: the trust has a data protection officer or a safeguarding lead. Only where it has neither do the
    lead DSL (for the head) and the head (for all others) decide themselves.
    """
    if {TrustRole.DATA_PROTECTION_OFFICER, TrustRole.TRUST_SAFEGUARDING_LEAD} & set(trust_roles):
        return True
    if trust_watches:
        return False
    return (Role.LEAD_DSL if Role.HEAD in of_roles else Role.HEAD) in roles


def widens_own_reach(own_id: UUID, *, before: Iterable[UUID], after: Iterable[UUID]) -> bool:
    """Whether somebody would put themselves into a group. Leaving one is theirs to do."""
    return own_id in set(after) - set(before)


def periods_after(before: Iterable[Period], wanted: Iterable[Period | str], *, today: date) -> list[Period]:
    """The classes of somebody once these are wanted: what has been stays written, what no longer holds ends yesterday.

    A code alone is that class from today on, or as long as it has been theirs already.
    """
    before = list(before)
    running = {period.code: period for period in before if period.holds(today)}
    asked = [(running.get(want) or Period(want, today)) if isinstance(want, str) else want for want in wanted]
    kept = [period for period in before if period.to_on is not None and period.to_on < today]
    ended = [
        replace(period, to_on=today - timedelta(days=1))
        for period in running.values()
        if period.from_on < today and not any(a.code == period.code and a.from_on <= today for a in asked)
    ]
    return sorted({*kept, *ended, *asked}, key=lambda period: (period.from_on, period.code))
