"""What every integration event is: a past-tense fact made of ids and routing facts."""

from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

LENIENT = {"lenient": True}
"""The validation context in which a consumer reads: unknown fields are dropped, unknown words become UNKNOWN."""


class Fact(BaseModel):
    """Strict for who publishes, lenient for who reads: producers forbid what consumers ignore."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _forbid_unknown_fields(cls, data: Any, info: ValidationInfo) -> Any:
        if info.context == LENIENT or not isinstance(data, dict):
            return data
        unknown = set(data) - set(cls.model_fields)
        if unknown:
            raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
        return data

    @field_validator("*", mode="before")
    @classmethod
    def _know_every_word(cls, value: Any, info: ValidationInfo) -> Any:
        words = _words_of(cls, info.field_name)
        if words is None:
            return value
        lenient = info.context == LENIENT
        if isinstance(value, list | tuple):
            return [_word(words, item, lenient=lenient) for item in value]
        return _word(words, value, lenient=lenient)


class Event(Fact):
    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    KEY: ClassVar[str]

    @property
    def key(self) -> UUID:
        """The aggregate the event is about; events of one key stay in order."""
        value: UUID = getattr(self, self.KEY)
        return value

    @classmethod
    def source(cls) -> str:
        """The publishing service's CloudEvents source."""
        owner = cls.__module__.rsplit(".", 1)[-1]
        return f"/heed/{owner}"


def _words_of(model: type[BaseModel], field: str | None) -> type[Enum] | None:
    """The enumeration a field is made of, alone or as a list; None for any other field."""
    annotation = model.model_fields[field].annotation if field else None
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, Enum):
            return candidate
    return None


def _word(words: type[Enum], value: Any, *, lenient: bool) -> Any:
    try:
        word = words(value)
    except ValueError:
        if not lenient:
            raise
        word = words["UNKNOWN"]
    if not lenient and word.name == "UNKNOWN":
        raise ValueError(f"an event may not be published with an unknown {words.__name__}")
    return word
