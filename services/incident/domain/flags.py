"""What may stand on a child's record for all to heed, and which right each asks for. Pure."""

from typing import Final

PROTECTION: Final = ("child_protection_plan", "child_in_need", "safe_address")
CARE: Final = ("looked_after", "ehcp", "medical")
FLAGS: Final = (*PROTECTION, *CARE)


def flag_action(kind: str) -> str:
    """The action of the policy that lets somebody see or set this flag. One nobody knows is as guarded as can be."""
    return "flags:care" if kind in CARE else "flags:protection"
