"""The invented people as those who act: each with their own identity, their own roles and a fresh second factor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from deploy.demo.people import Person, with_role
from deploy.demo.schools import School
from shared.contracts.words import Assurance, Role
from shared.identity import Staff
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Cast:
    """The ids under which the invented trust is known to this house; people by their address."""

    trust_id: UUID
    school_ids: Mapping[str, UUID]
    staff_ids: dict[str, UUID] = field(default_factory=dict)

    def acting(self, person: Person) -> Staff:
        """As auth's token would tell of them right after a code of their second factor, in their own school."""
        return Staff(
            staff_id=self.staff_ids[person.email],
            session_id=new_id(),
            trust_id=self.trust_id,
            school_id=self.school_ids[person.school],
            roles=frozenset(person.roles),
            trust_roles=frozenset(person.trust_roles),
            classes=frozenset(person.classes),
            assurance=Assurance.ELEVATED,
        )

    def lead_of(self, school: School) -> Staff:
        return self.acting(lead_of(school))


def lead_of(school: School) -> Person:
    """The lead DSL, who sets a school up (R37)."""
    return with_role(school, Role.LEAD_DSL)[0]
