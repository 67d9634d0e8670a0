"""A file of the roll on its way in: to a file of our own that nobody else can open, and from there into lines.

The name it came with is never looked at.
"""

from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Final

from fastapi import Request

from services.incident.roll_file import guessed, read_ctf, read_sheet
from services.incident.service import RollFile

IN_MEMORY: Final = 1_000_000
XML: Final = ("application/xml", "text/xml")


async def spooled(request: Request) -> SpooledTemporaryFile[bytes]:
    """The body, on disk once it is larger than a megabyte, without a name and for this user alone.

    Raises TooLarge from the edge when it grows past the limit.
    """
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        async for chunk in request.stream():
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    return file


def is_ctf(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in XML


def read_file(file: SpooledTemporaryFile[bytes], *, ctf: bool, whole: bool | None, today: date) -> RollFile:
    """The lines of a file. Raises Invalid, with a sentence, for what cannot be read; takes a while for a large one."""
    file.seek(0)
    if ctf:
        found = read_ctf(file, today)
        return RollFile(
            kind="ctf",
            whole=found.whole if whole is None else whole,
            lines=found.pupils,
            version=found.version,
            as_of=found.as_of,
            unknown=sorted(found.unknown),
        )
    sheet = read_sheet(file.read())
    return RollFile(
        kind="csv",
        whole=True if whole is None else whole,
        lines=sheet.lines,
        headings=sheet.headings,
        mapping=guessed(sheet.headings),
        encoding=sheet.encoding,
        separator=sheet.separator,
    )
