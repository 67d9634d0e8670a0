"""The writing coach for a school: its roll and its words, made ready once and kept until they change.

Names are offered as they stand in the writer's own text and in no other way; whom is offered to whom is on the audit,
and no more children in ten minutes than somebody may look up at once (C4). It never blocks: it only finds less.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.coach import STANDARD, Finding, Name, Roll, Rule, WordLists, review
from services.incident.domain import PICKS
from services.incident.models import CoachWords, Pupil
from services.incident.queries import coaching
from services.incident.queries.pupils import on_roll
from shared import audit
from shared.errors import Conflict, FieldError, Invalid
from shared.identity import Staff

SCHOOLS_KEPT: Final = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a school adds: phrases by rule, capitals it knows, phrases that are left alone."""

    phrases: Mapping[str, Sequence[str]]
    abbreviations: Sequence[str]
    left_alone: Sequence[str]


class Prepared:
    """Rolls and word lists by school, as they were at their stamp. The school asked for longest ago makes room."""

    def __init__(self) -> None:
        self._rolls: OrderedDict[UUID, tuple[coaching.Stamp, Roll]] = OrderedDict()
        self._words: OrderedDict[UUID, tuple[int, WordLists]] = OrderedDict()

    async def roll(self, session: AsyncSession, school_id: UUID) -> Roll:
        stamp = await coaching.roll_stamp(session, school_id)
        kept = self._rolls.get(school_id)
        if kept is None or kept[0] != stamp:
            kept = stamp, Roll(_names(await coaching.on_the_roll(session, school_id)))
        _keep(self._rolls, school_id, kept)
        return kept[1]

    async def words(self, session: AsyncSession, school_id: UUID) -> WordLists:
        row = await coaching.words_of(session, school_id)
        if row is None:
            return STANDARD
        kept = self._words.get(school_id)
        if kept is None or kept[0] != row.version:
            kept = row.version, _extended(Words(**row.content))
        _keep(self._words, school_id, kept)
        return kept[1]


async def coach(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    prepared: Prepared,
    text: str,
    linked: Sequence[UUID],
    at: datetime | None = None,
) -> tuple[list[Finding], Mapping[UUID, Pupil]]:
    """What the coach finds in a text, and the children whom it offers for linking, by id."""
    now, school_id = at or datetime.now(UTC), acting_staff.school_id
    found = review(
        text,
        words=await prepared.words(session, school_id),
        roll=await prepared.roll(session, school_id),
        linked=linked,
    )
    named = {pupil_id for finding in found for pupil_id in finding.pupil_ids}
    if not named:
        return found, {}
    pupils = await on_roll(session, school_id, list(named - acting_staff.shields))
    before = await coaching.offered_lately(session, acting_staff, now)
    found, offered = _within_limits(found, pupils, before)
    if offered:
        await audit.record(
            session,
            action=coaching.OFFERED,
            school_id=school_id,
            staff=acting_staff,
            about_kind="pupils",
            about_id=None,
            pupil_ids=offered,
            details={"offered": len(offered)},
        )
    return found, {pupil_id: pupils[pupil_id] for pupil_id in offered}


async def set_words(
    session: AsyncSession, *, acting_staff: Staff, words: Words, version: int | None = None
) -> CoachWords:
    """Replace what the school adds to the lists. Raises Invalid for phrases that cannot be looked for; Conflict."""
    _checked(words)
    before = await coaching.words_of(session, acting_staff.school_id, lock=True)
    if version is not None and version != (before.version if before else 0):
        raise Conflict("Somebody changed these words after you opened them. Read them again, then change them.")
    changed = {
        "content": {
            "phrases": {rule: list(phrases) for rule, phrases in words.phrases.items()},
            "abbreviations": list(words.abbreviations),
            "left_alone": list(words.left_alone),
        },
        "by_id": acting_staff.staff_id,
        "at": datetime.now(UTC),
    }
    made: CoachWords | None = await session.scalar(
        upsert(CoachWords)
        .values(school_id=acting_staff.school_id, version=1, **changed)
        .on_conflict_do_update(index_elements=["school_id"], set_={**changed, "version": CoachWords.version + 1})
        .returning(CoachWords)
        .execution_options(populate_existing=True)
    )
    assert made is not None
    await audit.record(
        session,
        action="coach:words_set",
        school_id=acting_staff.school_id,
        staff=acting_staff,
        about_kind="school",
        about_id=acting_staff.school_id,
        details={"version": made.version},
    )
    return made


def _within_limits(
    found: Sequence[Finding], pupils: Mapping[UUID, Pupil], before: set[UUID]
) -> tuple[list[Finding], set[UUID]]:
    """Only those who may be offered; a name of nobody else is no finding. In the order of the text."""
    kept: list[Finding] = []
    offered: set[UUID] = set()
    for finding in found:
        known = tuple(pupil_id for pupil_id in finding.pupil_ids if pupil_id in pupils)
        if not finding.pupil_ids:
            kept.append(finding)
        elif known and len(before | offered | set(known)) <= max(PICKS, len(before)):
            offered |= set(known)
            kept.append(replace(finding, pupil_ids=known))
    return kept, offered


def _names(pupils: Sequence[Pupil]) -> list[Name]:
    """By the legal name and by the name in use; never by one of before, which may be kept apart."""
    names = []
    for pupil in pupils:
        for surname in {pupil.surname, pupil.preferred_surname or pupil.surname}:
            names.append(Name(pupil.id, pupil.forename, surname, pupil.preferred_forename or ""))
    return names


def _checked(words: Words) -> None:
    try:
        _extended(words)
    except ValueError as fault:
        raise Invalid(FieldError("phrases", str(fault))) from None


def _extended(words: Words) -> WordLists:
    return STANDARD.extended(
        phrases={Rule(rule): phrases for rule, phrases in words.phrases.items()},
        abbreviations=words.abbreviations,
        left_alone=words.left_alone,
    )


def _keep(kept: OrderedDict[UUID, Any], school_id: UUID, value: Any) -> None:
    kept[school_id] = value
    kept.move_to_end(school_id)
    while len(kept) > SCHOOLS_KEPT:
        kept.popitem(last=False)
