"""The `heed` command. Every command says what it did; when it could not, one sentence says why and what to do.

Exit codes: 0 done · 1 not done, the sentence says why · 2 the command was not understood · 3 done, and something was
found that needs a person (a broken audit row, a parked key, a setting) · 130 stopped by Ctrl-C.
"""

import asyncio
import gc
import os
import sys
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from deploy import cli_audit, cli_bus, cli_demo, cli_doctor, cli_house, cli_rebuild, cli_staff
from deploy.cli_options import Data, Host, Port, folder_of
from deploy.data_folder import DataFolder, Refused
from deploy.screen import complaints, say
from shared.settings import UnsafeStart

app = typer.Typer(
    name="heed",
    help="Heed, the safeguarding record system for schools.\n\nStart here: `heed up` brings up the whole house with a "
    "demonstration trust. In production each service is its own process: `heed run SERVICE`.",
    epilog="Exit codes: 0 done, 1 not done (a sentence says why), 2 not understood, 3 something needs a person, "
    "130 stopped. Settings are read from HEED_* variables; `.env.example` explains each.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.command()
def up(
    data: Data = None,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    demonstration: Annotated[
        bool, typer.Option(help="Fill an empty house with three invented schools. Only the first start does it.")
    ] = True,
) -> None:
    """Start the whole house in one process, on this machine, with everything it needs.

    PostgreSQL comes from the Python environment; no server, no Docker. Ctrl-C stops all of it; the data stays.
    """
    # Reading the code makes objects that all stay: to look for garbage among them is a sixth of the start.
    gc.disable()
    from deploy.process import run  # noqa: PLC0415 - help texts need not wait for it

    run(_whole_house(folder_of(data), host, port, demonstration=demonstration))


async def _whole_house(folder: DataFolder, host: str, port: int, *, demonstration: bool) -> None:
    from deploy import building, house, welcome  # noqa: PLC0415 - only this command pays for importing every service
    from deploy.environment import Servers  # noqa: PLC0415
    from deploy.process import answer, asked_to_stop, at_work, open_door, started  # noqa: PLC0415
    from shared import logging  # noqa: PLC0415

    # The terminal is for the person who started it: what needs somebody is said there, each request is not.
    logging.configure("heed", level=os.environ.get("HEED_LOG_LEVEL", "warning"), as_json=False)
    address = f"http://localhost:{port}"
    async with AsyncExitStack() as rooms:
        stop = rooms.enter_context(asked_to_stop())
        rooms.enter_context(folder.opened(address))
        door = rooms.enter_context(open_door(host, port))
        importing = asyncio.create_task(asyncio.to_thread(building.import_services))
        rooms.push_async_callback(asyncio.wait, [importing])
        postgres = await rooms.enter_async_context(house.embedded_postgres(folder))
        mail = await rooms.enter_async_context(house.captured_mail(folder))
        await house.settle(folder, Servers(postgres, mail.port), public_url=address, say=say)
        bus = await rooms.enter_async_context(house.bus())
        await importing

        #   a browser ─▶ gateway ─▶ incident ──▶ bus ──▶ alerting ──▶ mail
        #                   │                                │
        #                   └──────▶ auth ◀──────────────────┘
        services = building.all_in_one(bus, mail)
        gc.freeze()
        gc.enable()
        await rooms.enter_async_context(started(services.values()))
        await rooms.enter_async_context(at_work(services.values(), stop))
        if demonstration:
            await house.demonstrate(folder, services, bus, stop)
        else:
            house.leave_empty(folder)
        services["gateway"].api.state.invented = folder.step("demonstration") == "finished"
        if not stop.is_set():
            welcome.show(folder, address, code=await house.starting_code_of(services))
        await answer(services["gateway"].api, door, stop)
    say(f"Heed has stopped. What it keeps is in {folder.path}.")


for command in (*cli_house.COMMANDS, *cli_doctor.COMMANDS, *cli_rebuild.COMMANDS):
    app.command()(command)
app.add_typer(cli_audit.app, name="audit")
app.add_typer(cli_bus.app, name="bus")
app.add_typer(cli_demo.app, name="demo")
app.add_typer(cli_staff.app, name="staff")


def main() -> None:
    try:
        app()
    except (Refused, UnsafeStart) as problem:
        complaints.print(f"heed: {problem}", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone (`heed … | head`); Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
