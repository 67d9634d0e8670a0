"""The report of an import."""

from typing import Literal

from pydantic import BaseModel


class StaffImportRow(BaseModel):
    row: int
    email: str
    became: Literal["added", "joined", "here", "refused"]
    reasons: list[str]


class StaffImport(BaseModel):
    applied: bool
    rows: list[StaffImportRow]
