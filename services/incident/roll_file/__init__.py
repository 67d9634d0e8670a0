"""A roll as schools' own systems give it: CSV with their headings, or CTF. Read into rows, each fault with its place.

Pure but for reading the file. What a row means is decided in `rows`; the two formats only bring it there.
"""

from services.incident.roll_file.ctf import CtfFile, read_ctf
from services.incident.roll_file.dates import date_of
from services.incident.roll_file.rows import MOST_ROWS, AttendanceRow, Cells, ContactRow, Fault, RollRow, read_row
from services.incident.roll_file.sheet import (
    COLUMNS,
    REQUIRED,
    Sheet,
    guessed,
    missing_columns,
    read_roll,
    read_sheet,
)

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "REQUIRED",
    "AttendanceRow",
    "Cells",
    "ContactRow",
    "CtfFile",
    "Fault",
    "RollRow",
    "Sheet",
    "date_of",
    "guessed",
    "missing_columns",
    "read_ctf",
    "read_roll",
    "read_row",
    "read_sheet",
]
