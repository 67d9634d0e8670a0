"""The words that services share. Most end in UNKNOWN: a consumer maps what it does not know to it.

UNKNOWN never widens anything: an unknown role has no rights, an unknown sensitivity is above all others.
"""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    HEAD = "head"
    LEAD_DSL = "lead_dsl"
    DEPUTY_DSL = "deputy_dsl"
    SENCO = "senco"
    SENIOR_LEADER = "senior_leader"
    PASTORAL = "pastoral"
    TEACHER = "teacher"
    TEACHING_ASSISTANT = "teaching_assistant"
    SUPPORT = "support"
    UNKNOWN = "unknown"


DSL_TEAM = frozenset({Role.HEAD, Role.LEAD_DSL, Role.DEPUTY_DSL})


class TrustRole(StrEnum):
    TRUST_SAFEGUARDING_LEAD = "trust_safeguarding_lead"
    TRUST_ADMINISTRATOR = "trust_administrator"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """What part a child had in an incident, so that linking the harmed never files them as the one who harmed."""

    SUBJECT = "subject"
    HARMED = "harmed"
    ALLEGED = "alleged"
    WITNESS = "witness"
    SIBLING = "sibling"
    MENTIONED = "mentioned"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why somebody is told of an incident."""

    HEAD = "head"
    LEAD_DSL = "lead_dsl"
    RULE = "rule"
    CHOSEN_PERSON = "chosen_person"
    CHOSEN_GROUP = "chosen_group"
    STAND_IN = "stand_in"
    READDED = "readded"
    CLASS_TEACHER = "class_teacher"
    DEPUTY = "deputy"
    ESCALATED = "escalated"
    UNKNOWN = "unknown"


class Sensitivity(IntEnum):
    ORDINARY = 1
    SENSITIVE = 2
    CHILD_PROTECTION = 3
    UNKNOWN = 99


class Assurance(IntEnum):
    """How sure we are who this is. Ordered: a higher one has all that a lower one has."""

    PASSWORD = 1
    MFA = 2
    ELEVATED = 3
