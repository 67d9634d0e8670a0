"""`heed demo`: the invented people of a demonstration, and the codes of their second factors."""

import asyncio
from contextlib import AsyncExitStack
from time import time
from typing import Annotated, Final

import pyotp
import typer

from deploy.data_folder import Refused
from deploy.demo.people import PASSWORD, Person, everybody, find
from deploy.screen import bars, complaints, say
from services.auth.domain import TOTP_SECONDS

LOADED: Final = ("auth", "incident", "alerting")

app = typer.Typer(
    help="The invented people of the demonstration: who they are, what each may see, and codes to sign in with.",
    no_args_is_help=True,
)


@app.command()
def people() -> None:
    """Show everybody of the demonstration trust, with what each may see."""
    from deploy import welcome  # noqa: PLC0415 - a code is shown at once

    welcome.people(everybody())
    say("")
    say(f"Everybody's password is {PASSWORD}")


@app.command()
def code(
    person: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose: ada.okafor@oakfield.example, or ada.okafor.")],
    ahead: Annotated[bool, typer.Option("--next", help="The code after this one, which is taken already.")] = False,
) -> None:
    """Print the code that this person's authenticator app would show now, and nothing else on standard output.

    A code is good once. Whoever has just signed in with one and wants elevated access takes the next one: --next.
    """
    generator = pyotp.TOTP(_one(person).totp_secret)
    now = int(time())
    typer.echo(generator.at(now + TOTP_SECONDS * ahead))
    left = TOTP_SECONDS - now % TOTP_SECONDS + TOTP_SECONDS * ahead
    complaints.print(f"  good once, for about {left} seconds")


@app.command()
def load() -> None:
    """Put the invented trust into an empty house whose services run as processes of their own.

    `heed up` does this by itself at its first start. Needs the HEED_* variables of that house and its services at
    work: what one of them tells, the others have to hear. Refused in production.
    """
    asyncio.run(_load())


async def _load() -> None:
    from deploy import building, house  # noqa: PLC0415
    from deploy.demo.load import load as load_trust  # noqa: PLC0415
    from deploy.process import started  # noqa: PLC0415
    from shared.errors import Problem  # noqa: PLC0415

    async with AsyncExitStack() as rooms:
        settings = {name: building.settings_of(name) for name in LOADED}
        if any(found.mode == "production" for found in settings.values()):
            raise Refused("This is a production: its people are real. Load the demonstration into a house of its own.")
        bus = await rooms.enter_async_context(house.bus())
        peers = building.peers_by_url(settings["auth"])
        rooms.push_async_callback(peers.close)
        services = {name: building.build(name, peers=peers, bus=bus) for name in LOADED}
        await rooms.enter_async_context(started(services.values()))
        steps = rooms.enter_context(bars())
        try:
            await load_trust(services, bus, steps)
        except Problem as problem:
            raise Refused(problem.detail) from None
    say("The invented trust is in. `heed demo people` shows everybody.")


def _one(asked: str) -> Person:
    """By the whole address, or by what stands before the @ where only one person has that."""
    found = find(asked)
    if found is not None:
        return found
    same = [person for person in everybody() if person.email.partition("@")[0] == asked.strip().lower()]
    if len(same) == 1:
        return same[0]
    if same:
        raise Refused(f"Several are called so: {', '.join(person.email for person in same)}. Give the whole address.")
    raise Refused(f"Nobody in the demonstration is called {asked}. `heed demo people` shows everybody.")
