"""Who may do what: the need-to-know table, as a table. Nothing else in the house decides it.

Pure: roles and assurance in, a decision out. The reach of reading is a SQL predicate in the services' queries, the
school's boundary is the database's. Rights of several roles add up; what is not written here is refused.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final

from shared.contracts.words import DSL_TEAM, Assurance, Role, Sensitivity, TrustRole

PASSWORD, MFA, ELEVATED = Assurance.PASSWORD, Assurance.MFA, Assurance.ELEVATED
ORDINARY, SENSITIVE, CHILD_PROTECTION = Sensitivity.ORDINARY, Sensitivity.SENSITIVE, Sensitivity.CHILD_PROTECTION

EVERYONE: Final = frozenset(Role) - {Role.UNKNOWN}
WIDE: Final = DSL_TEAM | {Role.SENCO, Role.SENIOR_LEADER, Role.PASTORAL}
LEADS: Final = frozenset({Role.HEAD, Role.LEAD_DSL})
NOBODY: Final = frozenset[Role]()

SAFEGUARDING, ADMINISTRATOR, DPO = (
    TrustRole.TRUST_SAFEGUARDING_LEAD,
    TrustRole.TRUST_ADMINISTRATOR,
    TrustRole.DATA_PROTECTION_OFFICER,
)


class Reach(StrEnum):
    OWN = "own"
    ALERTED = "alerted"
    CLASS = "class"
    SCHOOL = "school"
    TRUST = "trust"


@dataclass(frozen=True, slots=True)
class Grant:
    """Incidents within `reach`, up to a sensitivity, once the sign-in is this sure."""

    reach: Reach
    up_to: Sensitivity
    assurance: Assurance


# ------------------------------------------------------------------------------------------------ reading incidents
_ANYONE: Final = (Grant(Reach.OWN, CHILD_PROTECTION, MFA), Grant(Reach.ALERTED, CHILD_PROTECTION, MFA))

READING: Final = MappingProxyType(
    {
        Role.HEAD: (Grant(Reach.SCHOOL, CHILD_PROTECTION, ELEVATED),),
        Role.LEAD_DSL: (Grant(Reach.SCHOOL, CHILD_PROTECTION, ELEVATED),),
        Role.DEPUTY_DSL: (Grant(Reach.SCHOOL, CHILD_PROTECTION, ELEVATED),),
        Role.SENCO: (Grant(Reach.SCHOOL, SENSITIVE, ELEVATED),),
        Role.SENIOR_LEADER: (Grant(Reach.SCHOOL, SENSITIVE, ELEVATED),),
        Role.PASTORAL: (Grant(Reach.SCHOOL, SENSITIVE, ELEVATED),),
        Role.TEACHER: (Grant(Reach.CLASS, ORDINARY, ELEVATED),),
        Role.TEACHING_ASSISTANT: (),
        Role.SUPPORT: (),
        # Escalations reach the trust's safeguarding lead as alerts; beyond them there are figures and break-glass.
        TrustRole.TRUST_SAFEGUARDING_LEAD: (Grant(Reach.ALERTED, CHILD_PROTECTION, MFA),),
        TrustRole.TRUST_ADMINISTRATOR: (),
        TrustRole.DATA_PROTECTION_OFFICER: (),
    }
)


def reading(roles: Iterable[Role], trust_roles: Iterable[TrustRole] = ()) -> tuple[Grant, ...]:
    """Every grant that these roles add up to, whatever the assurance of the sign-in."""
    held = [role for role in roles if role in READING]
    grants = [*(_ANYONE if held else ()), *(grant for role in held for grant in READING[role])]
    grants += [grant for role in trust_roles if role in READING for grant in READING[role]]
    return tuple(dict.fromkeys(grants))


# ------------------------------------------------------------------------------------------------------------- doing
@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do it, how sure of them we must be, and who can, said to those who may not.

    `stale_ok`: also with a token a minute old, so that a concern can be recorded while `auth` is down.
    """

    roles: frozenset[Role]
    assurance: Assurance
    who_can: str
    trust_roles: frozenset[TrustRole] = frozenset()
    stale_ok: bool = False


_DSL: Final = "the head, the lead DSL or a deputy DSL"
_WIDE: Final = "the DSL team, the SENCo, senior leaders or pastoral staff"
_GLASS_TOLD: Final = frozenset({SAFEGUARDING, DPO})
_TRUST_ANY: Final = frozenset({SAFEGUARDING, ADMINISTRATOR, DPO})

ACTIONS: Final = MappingProxyType(
    {
        # action: who, how sure, in words, trust roles
        "incident:log": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", stale_ok=True),
        "draft:keep": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", stale_ok=True),
        "draft:list": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", stale_ok=True),
        "pupil:pick": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", stale_ok=True),
        "category:list": Rule(EVERYONE, PASSWORD, "everyone who may log", _TRUST_ANY, stale_ok=True),
        "incident:own": Rule(EVERYONE, MFA, "everyone, of their own incidents"),
        "incident:read": Rule(EVERYONE, MFA, "whoever must know", frozenset({SAFEGUARDING})),
        "addendum:add": Rule(EVERYONE, PASSWORD, "the author of the incident"),
        "action:add": Rule(EVERYONE, MFA, f"who was alerted, {_WIDE}", frozenset({SAFEGUARDING})),
        "action:done": Rule(EVERYONE, MFA, f"its owner, {_WIDE}", frozenset({SAFEGUARDING})),
        "action:own": Rule(EVERYONE, MFA, "everyone, of what is theirs to do", frozenset({SAFEGUARDING})),
        "action:list": Rule(DSL_TEAM, ELEVATED, _DSL),
        "duty:own": Rule(EVERYONE, MFA, "everyone, of what is theirs to do", frozenset({SAFEGUARDING})),
        "duty:list": Rule(DSL_TEAM, ELEVATED, _DSL),
        "alert:read": Rule(EVERYONE, MFA, "who was alerted", frozenset({SAFEGUARDING})),
        "alert:add": Rule(WIDE, MFA, _WIDE),
        "alert:withdraw": Rule(DSL_TEAM, ELEVATED, _DSL),
        "incident:correct": Rule(DSL_TEAM, ELEVATED, _DSL),
        "incident:close": Rule(WIDE, ELEVATED, _WIDE),
        "decision:record": Rule(WIDE, ELEVATED, _WIDE),
        "consent:record": Rule(WIDE, ELEVATED, _WIDE),
        "pupil:find": Rule(WIDE | {Role.TEACHER}, ELEVATED, f"{_WIDE}, and teachers for their class"),
        "pupil:change": Rule(WIDE, ELEVATED, _WIDE),
        "pupil:names-apart": Rule(DSL_TEAM, ELEVATED, _DSL),
        # The trust safeguarding lead comes here with break-glass alone: without it no child is within their reach.
        "pupil:chronology": Rule(
            WIDE | {Role.TEACHER}, ELEVATED, f"{_WIDE}, and teachers for their class", frozenset({SAFEGUARDING})
        ),
        "event:mark": Rule(WIDE, ELEVATED, _WIDE),
        "flags:protection": Rule(DSL_TEAM | {Role.SENIOR_LEADER}, ELEVATED, "the DSL team or senior leaders"),
        "flags:care": Rule(WIDE | {Role.TEACHER}, ELEVATED, f"{_WIDE}, or the teacher of the class"),
        "pupil:looked-at": Rule(DSL_TEAM, ELEVATED, "the DSL team or the data protection officer", frozenset({DPO})),
        "roll:import": Rule(DSL_TEAM, ELEVATED, "the DSL team or the trust administrator", frozenset({ADMINISTRATOR})),
        "category:write": Rule(LEADS, ELEVATED, "the head or the lead DSL"),
        "rules:write": Rule(LEADS, ELEVATED, "the head or the lead DSL"),
        "webhook:write": Rule(LEADS, ELEVATED, "the head or the lead DSL"),
        "group:write": Rule(LEADS, ELEVATED, "the head or the lead DSL"),
        "staff:write": Rule(
            LEADS, ELEVATED, "the head, the lead DSL or the trust administrator", frozenset({ADMINISTRATOR})
        ),
        "school:write": Rule(NOBODY, ELEVATED, "the trust administrator", frozenset({ADMINISTRATOR})),
        # access.md is silent on this; as the rules of alerts, it says whom to go to.
        "danger-text:write": Rule(LEADS, ELEVATED, "the head or the lead DSL"),
        "kiosk:write": Rule(DSL_TEAM, ELEVATED, _DSL),
        # For a school without these two: the lead DSL for the head, the head for all others; auth decides that.
        "shield:write": Rule(
            LEADS,
            ELEVATED,
            "the data protection officer or the trust safeguarding lead; without either, the head or the lead DSL",
            frozenset({DPO, SAFEGUARDING}),
        ),
        "audit:read": Rule(
            frozenset({Role.LEAD_DSL}), ELEVATED, "the data protection officer or the lead DSL", frozenset({DPO})
        ),
        "audit:verify": Rule(
            frozenset({Role.LEAD_DSL}), ELEVATED, "the data protection officer or the lead DSL", frozenset({DPO})
        ),
        "figures:read": Rule(
            NOBODY,
            ELEVATED,
            "the trust safeguarding lead or the trust administrator",
            frozenset({SAFEGUARDING, ADMINISTRATOR}),
        ),
        "break-glass": Rule(
            DSL_TEAM | {Role.SENCO, Role.SENIOR_LEADER},
            ELEVATED,
            "the DSL team, the SENCo, senior leaders or the trust safeguarding lead",
            frozenset({SAFEGUARDING}),
        ),
        # Who of these may review one is auth's to say: the lead DSL, the data protection officer, whoever was told.
        "break-glass:review": Rule(
            DSL_TEAM, ELEVATED, "the lead DSL, the data protection officer or who was told of it", _GLASS_TOLD
        ),
        # Stopping early is never made harder than by a second factor.
        "break-glass:end": Rule(
            DSL_TEAM | {Role.SENCO, Role.SENIOR_LEADER},
            MFA,
            "who opened it, the lead DSL, the data protection officer or who was told of it",
            _GLASS_TOLD,
        ),
        "staff:list": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", _TRUST_ANY, stale_ok=True),
        "group:list": Rule(EVERYONE, PASSWORD, "everyone with a role in the school", _TRUST_ANY, stale_ok=True),
        # access.md is silent on these: decision 15.
        "absence:own": Rule(EVERYONE, MFA, "everyone, for themselves"),
        # And on this: decision 16.
        "sign-in:change": Rule(EVERYONE, ELEVATED, "everyone, for themselves", _TRUST_ANY),
        "mails:own": Rule(EVERYONE, MFA, "everyone, for themselves", frozenset({SAFEGUARDING})),
        "token:own": Rule(EVERYONE, ELEVATED, "everyone, for themselves", _TRUST_ANY),
    }
)


# What a form needs to be filled in, on a device that others walk past. A draft is kept and opened by its id; what else
# somebody has begun to write is not listed there.
ON_A_KIOSK: Final = frozenset({"incident:log", "draft:keep", "pupil:pick", "category:list", "staff:list"})


class Decision(Enum):
    ALLOWED = "allowed"
    NEEDS_SECOND_FACTOR = "second factor"
    NEEDS_ELEVATION = "elevation"
    NOT_PERMITTED = "not permitted"


def decide(
    action: str, *, roles: Collection[Role], trust_roles: Collection[TrustRole], assurance: Assurance
) -> Decision:
    """Whether somebody with these roles may do it now. An action that is not in the table is nobody's."""
    rule = ACTIONS.get(action)
    if rule is None or not (rule.roles.intersection(roles) or rule.trust_roles.intersection(trust_roles)):
        return Decision.NOT_PERMITTED
    if assurance >= rule.assurance:
        return Decision.ALLOWED
    # One who signed in with a password alone first needs the second factor they enter at every sign-in.
    return Decision.NEEDS_SECOND_FACTOR if rule.assurance is MFA else Decision.NEEDS_ELEVATION
