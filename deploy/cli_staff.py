"""`heed staff`: people, by the operator at the command line."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deploy.cli_options import Data, folder_of
from deploy.data_folder import Refused
from deploy.screen import console, say
from shared.contracts.words import Role, TrustRole

if TYPE_CHECKING:
    from deploy.staffing import Colleague
    from services.auth.schemas import NewSchool

ROLES: Final = [role.value for role in Role if role is not Role.UNKNOWN]
TRUST_ROLES: Final = [role.value for role in TrustRole if role is not TrustRole.UNKNOWN]

app = typer.Typer(
    help="People, by the operator. In daily life a school's lead DSL adds them; this is how the first ones come.",
    no_args_is_help=True,
)


def _role(word: str) -> Role:
    if word not in ROLES:
        raise typer.BadParameter(f"{word} is none of: {', '.join(ROLES)}")
    return Role(word)


def _trust_role(word: str) -> TrustRole:
    if word not in TRUST_ROLES:
        raise typer.BadParameter(f"{word} is none of: {', '.join(TRUST_ROLES)}")
    return TrustRole(word)


Roles = Annotated[
    list[Role] | None,
    typer.Option("--role", parser=_role, metavar="ROLE", help=f"Several times for several: {', '.join(ROLES)}."),
]
TrustRoles = Annotated[
    list[TrustRole] | None,
    typer.Option("--trust-role", parser=_trust_role, metavar="ROLE", help=f"In the trust: {', '.join(TRUST_ROLES)}."),
]


@app.command()
def add(
    *,
    email: Annotated[str, typer.Option(prompt="E-mail address", help="The person's own, by which they sign in.")],
    forename: Annotated[str, typer.Option(prompt="Forename")],
    surname: Annotated[str, typer.Option(prompt="Surname")],
    title: Annotated[str, typer.Option(help="As colleagues say it: Ms, Mr, Dr.")] = "",
    school: Annotated[str | None, typer.Option(help="Its name or URN. Not needed where there is only one.")] = None,
    role: Roles = None,
    trust_role: TrustRoles = None,
    taught: Annotated[list[str] | None, typer.Option("--class", help="A class they teach, from today on.")] = None,
    new_school: Annotated[bool, typer.Option("--new-school", help="Register the school named by --school.")] = False,
    phase: Annotated[str, typer.Option(help="Of a new school: primary, secondary, all-through, special …")] = "primary",
    urn: Annotated[str | None, typer.Option(help="Of a new school: its unique reference number.")] = None,
    trust: Annotated[str | None, typer.Option(help="The trust's name, once, with the first person of all.")] = None,
    data: Data = None,
) -> None:
    """Add a person to a school, or to the trust, and print the secret with which they set their own password.

    The first of an empty installation: heed staff add --trust "Rowan Lane Trust" --school "Rowan Lane Primary"
    --new-school --role lead_dsl

    Works while Heed runs and while it does not. Ends with 0 when they are added, 1 with a sentence when they are not.
    """
    from deploy.staffing import Colleague, new_school_named  # noqa: PLC0415 - help texts need not wait for it

    wanted = Colleague(
        email=email,
        title=title,
        forename=forename,
        surname=surname,
        school=school,
        roles=role or (),
        trust_roles=trust_role or (),
        classes=taught or (),
    )
    founding = new_school_named(school, phase=phase, urn=urn) if new_school else None
    asyncio.run(_add(data, wanted, founding, trust))


@app.command("starting-code")
def show_starting_code(data: Data = None) -> None:
    """Print the code that the first page of an empty house asks for, and nothing else on standard output.

    That page creates the trust, its first school and its first lead DSL, once. It is the house's own secret that the
    code is made of: HEED_KEY_SECRET.
    """
    asyncio.run(_show_starting_code(data))


async def _show_starting_code(data: Data) -> None:
    from deploy import house  # noqa: PLC0415
    from services.auth.domain.first_run import starting_code  # noqa: PLC0415

    secret = os.environ.get("HEED_KEY_SECRET")
    if not secret:
        async with house.at_hand(folder_of(data)):
            secret = os.environ.get("HEED_KEY_SECRET")
    if not secret:
        raise Refused("HEED_KEY_SECRET is not set: the secret of the house, of which the code is made.")
    console.print(starting_code(secret), markup=False)


async def _add(data: Data, wanted: "Colleague", founding: "NewSchool | None", trust: str | None) -> None:
    from deploy import house, staffing  # noqa: PLC0415
    from deploy.environment import database_variable  # noqa: PLC0415
    from shared.db import Database  # noqa: PLC0415

    async with house.at_hand(folder_of(data)):
        variable = database_variable("auth")
        url = os.environ.get(variable)
        if not url:
            raise Refused(f"{variable} is not set: the login of auth, which keeps the people.")
        db = Database(url, name="heed-staff", pool_size=1)
        try:
            added = await staffing.add(db, wanted, founding=founding, trust=trust)
        finally:
            await db.close()
        address = os.environ.get("HEED_PUBLIC_URL", "http://localhost:8000").rstrip("/")
    say(f"{added.name} is on the staff of {added.place}.")
    if added.link is None:
        say("They had an account already and sign in with the password they have.")
        return
    say("Give them this link's secret in person. It is good once, and for seven days:")
    console.print(f"\n  {added.link}\n", markup=False, soft_wrap=True)
    say("With it they choose their own password, on this page:")
    console.print(f"\n  {address}/password/{added.link}\n", markup=False, soft_wrap=True)
