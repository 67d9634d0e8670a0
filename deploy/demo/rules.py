"""Who is told of what in each invented school, beyond the head and the lead DSL, who are told of everything (R69)."""

from collections.abc import Mapping
from uuid import UUID

from deploy.demo.groups import behaviour_group
from deploy.demo.schools import School
from services.alerting.recipients import Rule
from shared.contracts.words import DSL_TEAM, Sensitivity
from shared.ids import new_id

KS2 = frozenset({"3", "4", "5", "6"})


def rules_of(school: School, *, category_ids: Mapping[str, UUID], group_id: UUID) -> tuple[Rule, ...]:
    """The policy's own: R70 safeguarding, R71 behaviour, R72 class teachers. `category_ids` by "Parent: Child"."""
    behaviour = {of for name, of in category_ids.items() if name.partition(": ")[0] == "Behaviour incident"}
    name, _ = behaviour_group(school)
    return (
        Rule(
            rule_id=new_id(),
            name="Safeguarding: the DSL team",
            at_least=Sensitivity.SENSITIVE,
            roles=DSL_TEAM,
        ),
        Rule(
            rule_id=new_id(),
            name=f"Behaviour: {name}",
            category_ids=frozenset(behaviour),
            year_groups=KS2 if school.phase == "primary" else frozenset(),
            group_ids=frozenset({group_id}),
        ),
        Rule(
            rule_id=new_id(),
            name="Behaviour, attendance and low level: the class teacher",
            up_to=Sensitivity.ORDINARY,
            class_teachers=True,
        ),
    )
