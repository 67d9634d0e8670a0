"""Identifiers: time-ordered, so that the newest rows lie together in every index."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()
