"""`heed audit`: verify, export, key."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from deploy.cli_options import FOUND_SOMETHING, Data, folder_of

app = typer.Typer(
    name="audit",
    help="Who did or read what: show that it is unchanged, take it elsewhere.\n\nEvery audit row is hashed into its "
    "school's Merkle tree, and where each tree stands is signed. `docs/audit.md` says what that shows and what not.",
    no_args_is_help=True,
)

Service = Annotated[str | None, typer.Option(help="Only this service's audit, as in `incident`. Default: all.")]
School = Annotated[UUID | None, typer.Option(help="Only this school's, by its id. Default: every school.")]


@app.command()
def verify(
    *,
    file: Annotated[Path | None, typer.Argument(help="An export. Default: the databases of this house.")] = None,
    service: Service = None,
    school: School = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="Trust only this public key, as `heed audit key` printed it when nobody had touched the house yet. "
            "Once for each key: one for each service, and one more after each rotation."
        ),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(help="An older export, or a checkpoint's note, that you kept elsewhere: the log must contain it."),
    ] = None,
    data: Data = None,
) -> None:
    """Hash every audit row again and hold it against the signed checkpoints. Names the first bad row; ends with 3.

    Without --key the keys are read where the rows are: then a change by somebody who owns that place and signed anew
    is not seen. Without --since nobody sees that the newest rows were cut off together with their checkpoints.
    """
    # Only the commands of the audit pay for what they need.
    from deploy import auditing  # noqa: PLC0415

    check = auditing.Check(service=service, school=school, keys=key or [], since=since)
    if file is None:
        asyncio.run(check.house(folder_of(data)))
    else:
        check.export(file)
    if auditing.show(check.finish()):
        raise typer.Exit(FOUND_SOMETHING)


@app.command()
def export(
    *,
    file: Annotated[Path, typer.Argument(help="The file to write. It must not be there yet.")],
    service: Service = None,
    school: School = None,
    checkpoints: Annotated[
        bool,
        typer.Option(
            "--checkpoints",
            help="Only each school's newest checkpoint and the keys: small, to keep far from the house.",
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Write the audit, its hashes, checkpoints and public keys to a file that verifies without a database.

    The file says who did what about which child, by ids, and holds the reasons that people gave in their own words:
    keep it as you keep the record. With --checkpoints it holds none of that.
    """
    from deploy import auditing  # noqa: PLC0415

    asyncio.run(auditing.export(file, folder_of(data), service=service, school=school, whole=not checkpoints))


@app.command()
def key(service: Service = None, data: Data = None) -> None:
    """Print the public keys that checkpoints are signed with. Keep them far from the house, for `verify --key`."""
    from deploy import auditing  # noqa: PLC0415

    asyncio.run(auditing.show_key(folder_of(data), service))
