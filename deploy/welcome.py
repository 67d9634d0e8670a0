"""The screen a start ends with: where it is, who can sign in and what each may see, where the mail is shown."""

from collections.abc import Iterable
from typing import Final

from deploy.data_folder import DataFolder
from deploy.demo.people import PASSWORD, Person, everybody, find
from deploy.demo.schools import SCHOOLS, TRUST_NAME
from deploy.screen import console, table
from shared.contracts.words import Role, TrustRole

MAY_SEE: Final = {
    Role.HEAD: "every concern of the school; is told of every one",
    Role.LEAD_DSL: "every concern of the school; is told of every one",
    Role.DEPUTY_DSL: "every concern of the school; is told of safeguarding",
    Role.SENCO: "all but child protection, and what they are told of",
    Role.SENIOR_LEADER: "all but child protection, and what they are told of",
    Role.PASTORAL: "all but child protection, and what they are told of",
    Role.TEACHER: "ordinary concerns about their class, and what they are told of",
    Role.TEACHING_ASSISTANT: "what they wrote, and what they are told of",
    Role.SUPPORT: "what they wrote, and what they are told of",
    TrustRole.TRUST_SAFEGUARDING_LEAD: "what is escalated to them, in any school",
    TrustRole.TRUST_ADMINISTRATOR: "no concern; schools, staff and the roll",
    TrustRole.DATA_PROTECTION_OFFICER: "no concern; who has looked at what, and shields",
}

# One for each role, in the school that the documentation speaks of, then who belongs to the whole trust.
_SHOWN = (
    "linh.tran@oakfield.example",
    "dee.walsh@oakfield.example",
    "carys.bevan@oakfield.example",
    "yaw.asante@oakfield.example",
    "marcia.joseph@oakfield.example",
    "rukhsana.chaudhry@oakfield.example",
    "sami.haddad@oakfield.example",
    "ada.okafor@oakfield.example",
    "patrick.boyle@oakfield.example",
    "ruth.fernandes@rivermead.example",
    "owen.price@rivermead.example",
    "yasmin.aziz@rivermead.example",
)


def may_see(person: Person) -> str:
    """In words, of the role that sees most."""
    held = [*person.roles, *person.trust_roles]
    return MAY_SEE[min(held, key=list(MAY_SEE).index)]


def people(shown: Iterable[Person]) -> None:
    table(
        "sign in as",
        "who",
        "may see",
        rows=[(p.email, f"{p.display_name}, {p.job}", may_see(p)) for p in shown],
    )


def show(folder: DataFolder, address: str, *, code: str | None = None) -> None:
    """What `make run` ends with. `code` begins a house that is empty."""
    console.print()
    console.print(f"  [bold]Heed is open at {address}[/bold]")
    console.print()
    if folder.step("demonstration") == "finished":
        schools = ", ".join(f"{school.name} ({school.pupils} pupils)" for school in SCHOOLS)
        console.print(f"  {TRUST_NAME}, invented: {schools}.")
        console.print(f"  Everybody's password is [bold]{PASSWORD}[/bold]")
        console.print()
        people(person for email in _SHOWN if (person := find(email)) is not None)
        console.print()
        console.print(f"  All {len(everybody())} people: .venv/bin/heed demo people")
        console.print("  A code for the second factor: .venv/bin/heed demo code ada.okafor")
        console.print(f"  The mail that was sent: {address}/demo/mail (it goes nowhere else)")
    if code is not None:
        console.print("  It is empty: the first page creates your trust, its first school and its first lead DSL.")
        console.print(f"  The starting code, which that page asks for: [bold]{code}[/bold]")
    console.print(f"  The API in words: {address}/api/v1/docs")
    console.print(f"  What it keeps: {folder.path}")
    console.print()
    console.print("  Ctrl-C stops all of it; the data stays.")
