"""Changing a school's categories. What was logged under them keeps its id, and with it the name it had (R129)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.incident.domain import sensitivity_fault
from services.incident.models import Category, FormerName, Incident, IncidentCategory, IncidentPupilCategory
from services.incident.queries.categories import every_category
from shared import audit
from shared.contracts.events import Event
from shared.contracts.incident import CategoryWeighed, IncidentWeighed
from shared.contracts.words import Sensitivity
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.identity import Staff
from shared.ids import new_id
from shared.outbox import publish, publish_all

FLAGS = ("asks_sanction", "must_follow_up")
CHANGEABLE = frozenset({"name", "sensitivity", "log_within_minutes", *FLAGS})


async def add_category(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    name: str,
    parent_id: UUID | None = None,
    sensitivity: int | None = None,
    log_within_minutes: int | None = None,
    asks_sanction: bool | None = None,
    must_follow_up: bool | None = None,
) -> Category:
    """A category, or below one a sub-category, which is as sensitive as its parent unless it is raised above it.

    What is not said of a sanction and of following up is as it is of the parent: what must be followed up stays so,
    however finely a school divides it.

    Raises NotFound for a parent the school does not use, Invalid for a name it has there already.
    """
    known = await hold(session, acting_staff.school_id)
    parent = in_use(known, parent_id) if parent_id else None
    if parent is not None and parent.parent_id is not None:
        raise Invalid(FieldError("parent_id", "Categories have two levels; choose one of the upper level."))
    made = Category(
        school_id=acting_staff.school_id,
        id=new_id(),
        parent_id=parent_id,
        name=name,
        sensitivity=sensitivity or (parent.sensitivity if parent else 1),
        position=max((one.position + 1 for one in _beside(known, parent_id)), default=0),
        retired_at=None,
        merged_into=None,
        log_within_minutes=log_within_minutes,
        asks_sanction=(parent.asks_sanction if parent else False) if asks_sanction is None else asks_sanction,
        must_follow_up=(parent.must_follow_up if parent else False) if must_follow_up is None else must_follow_up,
        version=1,
    )
    _check(made, known)
    session.add(made)
    await session.flush()
    await note(session, acting_staff, "category:added", made.id, {"sensitivity": made.sensitivity})
    return made


async def change_category(
    session: AsyncSession,
    *,
    acting_staff: Staff,
    category_id: UUID,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> Category:
    """Rename it, or set its sensitivity, service level, whether a sanction is asked and whether it must be followed up.

    What is not named stays as it is. What lies below goes along when sensitivity, sanction or following up change.
    Incidents are from then on as sensitive as their categories are; those who are above a reader's ceiling are gone
    from sight at once. Raises NotFound, Conflict, Invalid.
    """
    assert set(changes) <= CHANGEABLE
    known = await hold(session, acting_staff.school_id)
    category = in_use(known, category_id)
    if version is not None and version != category.version:
        raise Conflict(
            "Somebody changed this category after you opened it. Read it again, then change it.",
            extra={"version": category.version},
        )
    before = {name: getattr(category, name) for name in changes}
    if "name" in changes and changes["name"] != category.name:
        await keep_name(session, category.school_id, category.id, category.name)
    for name, value in changes.items():
        setattr(category, name, value)
    _check(category, known)
    category.version += 1
    touched = [category]
    if "sensitivity" in changes:
        touched += _raise_below(category, known)
    _set_below(category, known, [name for name in FLAGS if name in changes and changes[name] != before[name]])
    await session.flush()
    if category.sensitivity != before.get("sensitivity", category.sensitivity):
        await _weigh_anew(session, category.school_id, [one.id for one in touched])
        await _say_weighed(session, acting_staff, category)
    details = {"sensitivity": category.sensitivity, "renamed": "name" in changes}
    await note(session, acting_staff, "category:changed", category.id, details)
    return category


async def retire_category(session: AsyncSession, *, acting_staff: Staff, category_id: UUID) -> None:
    """It can be chosen no more, nor can those below it; what was logged under it stays. Raises NotFound, Invalid."""
    known = await hold(session, acting_staff.school_id)
    category = in_use(known, category_id)
    gone = [category, *(one for one in _beside(known, category.id))]
    if not any(one.retired_at is None and one not in gone for one in known.values()):
        raise Invalid(FieldError("category_id", "This is the last one; every incident needs a category."))
    _retire(gone)
    await session.flush()
    await note(session, acting_staff, "category:retired", category_id, {"categories": len(gone)})


async def merge_category(session: AsyncSession, *, acting_staff: Staff, category_id: UUID, into_id: UUID) -> None:
    """From now on it counts as the other in filters and patterns; what was logged keeps the name it had.

    It becomes as sensitive as the other, never less, and is followed up if the other is. Raises NotFound, Invalid.
    """
    known = await hold(session, acting_staff.school_id)
    category, into = in_use(known, category_id), in_use(known, into_id)
    before = category.sensitivity
    if category is into or into.parent_id == category.id:
        raise Invalid(FieldError("into", "Choose another category for it to be counted as."))
    if _beside(known, category.id):
        raise Invalid(FieldError("category_id", "It has sub-categories; merge or retire them first."))
    _retire([category])
    _weigh_as(category, into)
    category.merged_into = into.id
    for one in known.values():
        # What was merged into it goes along, so that each is one step from what it counts as.
        if one.merged_into == category.id:
            one.merged_into = into.id
            _weigh_as(one, into)
            one.version += 1
    await session.flush()
    await _weigh_anew(session, category.school_id, [one.id for one in known.values() if one.merged_into == into.id])
    if category.sensitivity != before:
        await _say_weighed(session, acting_staff, category)
    await note(session, acting_staff, "category:merged", category_id, {"into": str(into_id)})


async def reorder_categories(
    session: AsyncSession, *, acting_staff: Staff, parent_id: UUID | None, ids: Sequence[UUID]
) -> None:
    """The order in which those beside one another are shown: all of them, each once. Raises NotFound, Invalid."""
    known = await hold(session, acting_staff.school_id)
    if parent_id is not None:
        in_use(known, parent_id)
    beside = {one.id: one for one in _beside(known, parent_id)}
    if sorted(ids) != sorted(beside):
        raise Invalid(FieldError("ids", "Name each category of this level once; they have changed meanwhile."))
    for position, category_id in enumerate(ids):
        beside[category_id].position = position
    await session.flush()
    await note(session, acting_staff, "category:reordered", parent_id, {"categories": len(ids)})


async def hold(session: AsyncSession, school_id: UUID) -> dict[UUID, Category]:
    """The school's categories, with nobody else changing them until the commit."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('categories'), hashtext(:s))"), {"s": str(school_id)}
    )
    return {category.id: category for category in await every_category(session, school_id)}


def in_use(known: Mapping[UUID, Category], category_id: UUID) -> Category:
    category = known.get(category_id)
    if category is None or category.retired_at is not None:
        raise NotFound()
    return category


def _beside(known: Mapping[UUID, Category], parent_id: UUID | None) -> list[Category]:
    return [one for one in known.values() if one.parent_id == parent_id and one.retired_at is None]


def _retire(gone: Iterable[Category]) -> None:
    for one in gone:
        one.retired_at = datetime.now(UTC)
        one.version += 1


def _check(category: Category, known: Mapping[UUID, Category]) -> None:
    """A name is there once below each parent (R120), and nothing is less sensitive than what it lies below."""
    for one in _beside(known, category.parent_id):
        if one.id != category.id and one.name.lower() == category.name.lower():
            raise Invalid(FieldError("name", "Your school has this name here already."))
    parent = known[category.parent_id].sensitivity if category.parent_id else None
    if wrong := sensitivity_fault(category.sensitivity, parent):
        raise Invalid(FieldError("sensitivity", wrong))


def _raise_below(category: Category, known: Mapping[UUID, Category]) -> list[Category]:
    """The retired too: what was logged under them is not less sensitive for that."""
    raised = [one for one in known.values() if one.parent_id == category.id and one.sensitivity < category.sensitivity]
    for one in raised:
        one.sensitivity = category.sensitivity
        one.version += 1
    return raised


def _set_below(category: Category, known: Mapping[UUID, Category], flags: Sequence[str]) -> None:
    """As the parent is now; afterwards each may be set by itself. The retired too: of them incidents may be open."""
    for one in known.values():
        if one.parent_id != category.id:
            continue
        changed = [name for name in flags if getattr(one, name) != getattr(category, name)]
        for name in changed:
            setattr(one, name, getattr(category, name))
        one.version += bool(changed)


def _weigh_as(category: Category, into: Category) -> None:
    category.sensitivity = max(category.sensitivity, into.sensitivity)
    category.must_follow_up = category.must_follow_up or into.must_follow_up


async def _weigh_anew(session: AsyncSession, school_id: UUID, category_ids: Sequence[UUID]) -> None:
    """An incident is as sensitive as its most sensitive category over all its children, also when that changes.

    Others are told of those that it changes for: who must know of them, and by when, may be others now.
    """
    now = func.greatest(*(_heaviest(one) for one in (IncidentCategory, IncidentPupilCategory)))
    weighed: list[tuple[int, Event]] = []
    for table in (IncidentCategory, IncidentPupilCategory):
        concerned = select(table.incident_id).where(table.school_id == school_id, table.category_id.in_(category_ids))
        changed = await session.execute(
            update(Incident)
            .where(Incident.school_id == school_id, Incident.id.in_(concerned), Incident.sensitivity != now)
            .values(sensitivity=now)
            .returning(Incident.id, Incident.sensitivity, Incident.version)
            .execution_options(synchronize_session=False)
        )
        weighed += [
            (row.version, IncidentWeighed(incident_id=row.id, sensitivity=Sensitivity(row.sensitivity)))
            for row in changed
        ]
    await publish_all(session, weighed, school_id=school_id)


async def _say_weighed(session: AsyncSession, acting_staff: Staff, category: Category) -> None:
    """For the head and the lead DSL, who hear of it when somebody else did it (access.md)."""
    event = CategoryWeighed(
        category_id=category.id, sensitivity=Sensitivity(category.sensitivity), by_id=acting_staff.staff_id
    )
    await publish(session, event, school_id=category.school_id, version=category.version)


def _heaviest(table: type[IncidentCategory] | type[IncidentPupilCategory]) -> Any:
    return (
        select(func.max(Category.sensitivity))
        .join(table, (table.school_id == Category.school_id) & (table.category_id == Category.id))
        .where(
            table.school_id == Incident.school_id,
            table.incident_id == Incident.id,
            table.revision == Incident.revision,
        )
        .correlate(Incident)
        .scalar_subquery()
    )


async def keep_name(session: AsyncSession, school_id: UUID, of_id: UUID, name: str) -> None:
    await session.execute(
        insert(FormerName).values(school_id=school_id, of_id=of_id, until=datetime.now(UTC), name=name)
    )


async def note(
    session: AsyncSession, staff: Staff, action: str, about_id: UUID | None, details: Mapping[str, int | str | bool]
) -> None:
    await audit.record(
        session,
        action=action,
        school_id=staff.school_id,
        staff=staff,
        about_kind=action.split(":", maxsplit=1)[0],
        about_id=about_id,
        details=details,
    )
