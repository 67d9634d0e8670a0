"""The categories a school begins with (R119): 13, with 48 sub-categories. Then they are the school's own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.contracts.words import Sensitivity

ORDINARY, SENSITIVE, CHILD_PROTECTION = Sensitivity.ORDINARY, Sensitivity.SENSITIVE, Sensitivity.CHILD_PROTECTION

STANDARD: Final[Mapping[str, tuple[Sensitivity, tuple[str, ...]]]] = MappingProxyType(
    {
        "Attendance": (ORDINARY, ("Leave of Absence request", "Punctuality", "Unauthorised")),
        "Behaviour incident": (ORDINARY, ("Online", "Physical", "Sexual behaviour", "Verbal")),
        "CAF/Early Help Plan": (SENSITIVE, ("Early Help Assessment", "TAF meeting")),
        "Family Intensive Support": (SENSITIVE, ()),
        "Child Protection Incident": (
            CHILD_PROTECTION,
            ("Disclosure", "Domestic Abuse incident", "Encompass", "Online safety concern"),
        ),
        "Child Protection Plan": (CHILD_PROTECTION, ("Core Group Meeting", "CP conference")),
        "CLA and Post CLA": (SENSITIVE, ("CLA review", "PEP meeting", "Care Planning")),
        "Health": (ORDINARY, ("Care Plan", "COVID", "Medical appointment", "Medication")),
        "Home Communication": (
            ORDINARY,
            (
                "Email from parent",
                "Formal Meeting",
                "Legal Proceedings",
                "Parent App",
                "Remote Learning",
                "School Report",
                "Telephone call with parent",
            ),
        ),
        "Mental Well Being": (SENSITIVE, ("Direct Work", "ELSA", "EMHP", "Support")),
        "Peer on peer abuse": (
            SENSITIVE,
            (
                "Bullying Allegation",
                "LGBT",
                "Online Abuse",
                "Physical Harm",
                "Racist",
                "SEND abuse",
                "Sexual Violence and Harassment",
            ),
        ),
        "SEND": (ORDINARY, ("Cause for Concern", "EHCP")),
        "Welfare Concern": (
            SENSITIVE,
            ("Diet", "General", "Home issues", "Hygiene", "Online safety concern", "Presentation"),
        ),
    }
)

RAISED: Final[Mapping[tuple[str, str], Sensitivity]] = MappingProxyType(
    {
        ("Behaviour incident", "Sexual behaviour"): SENSITIVE,
        ("Peer on peer abuse", "Sexual Violence and Harassment"): CHILD_PROTECTION,
    }
)
"""Sub-categories that stand above their parent. Never below: `domain.category_sensitivity` holds that."""

ASKS_SANCTION: Final = frozenset({"Behaviour incident"})
"""Where the sanction stands alongside (R19, R127), with all that lies below."""

MUST_FOLLOW_UP: Final = frozenset({"Peer on peer abuse"})
"""What is never closed before something has followed (R20), with all that lies below: bullying, racism, the rest."""

AGENCIES: Final = (
    "Children's social care",
    "Early help",
    "Police",
    "Health visitor",
    "School nurse",
    "GP",
    "CAMHS",
    "Paediatrician",
    "Educational psychologist",
    "Speech and language therapy",
    "Occupational therapy",
    "Education welfare",
    "Virtual school",
    "Youth justice service",
    "Domestic abuse service",
    "Housing",
    "NSPCC",
)
"""What the list of agencies begins with (R75)."""

LOCATIONS: Final = (
    "Classroom",
    "Corridor",
    "Playground",
    "Dining hall",
    "Hall",
    "Toilets",
    "Changing room",
    "Field",
    "School gate",
    "Office",
    "Off site",
    "School trip",
    "Home",
    "Way to or from school",
    "Online",
)
