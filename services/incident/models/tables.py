"""What every table of incident is made of."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, LargeBinary, Text, Uuid
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
    }
