"""What every table of auth is made of."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Date, DateTime, LargeBinary, Text, Uuid
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        date: Date,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
    }
