"""Identifiers: time-ordered, so that the newest rows lie together in every index."""

from uuid import UUID, uuid5

from uuid_utils import compat


def new_id() -> UUID:
    return compat.uuid7()


def class_id(school_id: UUID, class_code: str) -> UUID:
    """The id by which a class travels between services: schools name classes after teachers, so its name does not."""
    return uuid5(school_id, class_code.strip().casefold())
