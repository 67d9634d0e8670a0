"""`heed doctor`."""

import asyncio
from contextlib import AsyncExitStack

import typer

from deploy.cli_options import FOUND_SOMETHING, Data, folder_of
from deploy.data_folder import Refused
from deploy.screen import console, say


def doctor(data: Data = None) -> None:
    """Look at settings, servers, versions and clocks, and say what to do. Ends with 3 when something needs a person."""
    if asyncio.run(_look(data)):
        raise typer.Exit(FOUND_SOMETHING)


async def _look(data: Data) -> int:
    from deploy import doctor, house  # noqa: PLC0415

    folder = folder_of(data)
    found = 0
    async with AsyncExitStack() as rooms:
        try:
            await rooms.enter_async_context(house.at_hand(folder))
        except Refused as problem:
            say(str(problem))
        async for finding in doctor.findings(folder):
            found += not finding.fine
            mark = "[green]fine [/green]" if finding.fine else "[bold red]wrong[/bold red]"
            console.print(f"  {mark}  {finding.about}: ", end="")
            console.print(finding.says, markup=False)
    say("Nothing is wrong." if not found else f"{found} of these need a person.")
    return found


COMMANDS = (doctor,)
