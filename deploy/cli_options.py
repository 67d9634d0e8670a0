"""Options that several commands take, and what they mean."""

from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.data_folder import DataFolder

FOUND_SOMETHING: Final = 3
"""The exit code of a command that did its work and found something that needs a person."""

Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="HEED_DATA", help="The folder with everything this house keeps. Default: ./.heed"),
]
Port = Annotated[int, typer.Option(envvar="HEED_PORT", min=1, max=65535, help="Where it answers.")]
Host = Annotated[str, typer.Option(envvar="HEED_HOST", help="On which address of this machine it answers.")]


def folder_of(data: Path | None) -> DataFolder:
    return DataFolder.named(str(data) if data else None)
