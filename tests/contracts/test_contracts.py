"""Producers forbid what consumers ignore; what was once published is read for ever; nothing but ids travels."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, ValidationError

from shared.contracts import asyncapi, registry
from shared.contracts.auth import SchoolRegistered, StaffChanged
from shared.contracts.envelope import Envelope, Undecodable, from_headers, to_headers
from shared.contracts.events import Event
from shared.contracts.incident import IncidentLogged, LinkedPupil
from shared.contracts.registry import EVENTS, TOPICS, UnknownType, decode, encode
from shared.contracts.words import Part, Role, Sensitivity
from tests.contracts.samples import GOLDEN, golden_file, sample

SCHOOL = uuid4()


def headers_for(event_type: str, subject: UUID) -> list[tuple[str, bytes]]:
    envelope = Envelope(
        id=uuid4(),
        type=event_type,
        source="/heed/incident",
        time=datetime.now(UTC),
        subject=subject,
        school_id=SCHOOL,
        version=3,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    return to_headers(envelope)


def logged(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(encode(sample_event(IncidentLogged)))
    return {**made, **changes}


def sample_event(model: type[Event]) -> Event:
    made = sample(model)
    assert isinstance(made, Event)
    return made


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_every_event_travels_there_and_back(event: type[Event]) -> None:
    made = sample_event(event)
    envelope, read = decode(headers_for(event.TYPE, made.key), encode(made))
    assert read == made
    assert envelope.subject == made.key
    assert event.TOPIC in TOPICS


def _still_says(now: Any, then: Any) -> bool:
    """Whether what is read says all that was written. A fact inside an event may have gained fields since."""
    if isinstance(then, dict):
        return all(name in now and _still_says(now[name], value) for name, value in then.items())
    if isinstance(then, list):
        return len(now) == len(then) and all(map(_still_says, now, then))
    return bool(now == then)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_once_published_is_read_for_ever(path: Path) -> None:
    envelope, event = decode(headers_for(path.stem, uuid4()), path.read_bytes())
    assert event.TYPE == envelope.type == path.stem
    for name, value in json.loads(path.read_bytes()).items():
        assert _still_says(event.model_dump(mode="json")[name], value)


def test_every_event_has_its_golden_sample() -> None:
    assert [event.TYPE for event in EVENTS if not golden_file(event).exists()] == []


def test_the_published_document_has_not_drifted() -> None:
    assert asyncapi.PLACE.read_text() == asyncapi.text(), "run `python -m shared.contracts.asyncapi`"


def test_a_consumer_ignores_a_field_it_does_not_know_and_maps_a_word_it_does_not_know() -> None:
    body = logged(mood="new field", sensitivity=7)
    body["pupils"][0]["part"] = "bystander"
    body["pupils"][0]["seat"] = "front"
    _, event = decode(headers_for(IncidentLogged.TYPE, uuid4()), json.dumps(body).encode())
    assert isinstance(event, IncidentLogged)
    assert event.sensitivity is Sensitivity.UNKNOWN
    assert event.pupils[0].part is Part.UNKNOWN


def test_a_producer_may_use_no_unknown_field_and_no_unknown_word() -> None:
    with pytest.raises(ValidationError, match="has no field note"):
        SchoolRegistered(school_id=SCHOOL, trust_id=SCHOOL, note="x")
    with pytest.raises(ValidationError, match="unknown Role"):
        StaffChanged(staff_id=uuid4(), roles=[Role.UNKNOWN])
    with pytest.raises(ValidationError, match="unknown Part"):
        LinkedPupil(pupil_id=uuid4(), part=Part.UNKNOWN, category_ids=[])


def test_an_unknown_sensitivity_is_above_all_others() -> None:
    assert all(other < Sensitivity.UNKNOWN for other in Sensitivity if other is not Sensitivity.UNKNOWN)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: [header for header in headers if header[0] != "ce_id"],
        lambda headers: [(name, b"Rowan" if name == "ce_subject" else value) for name, value in headers],
        lambda headers: [(name, b"\xff" if name == "ce_type" else value) for name, value in headers],
        lambda headers: [(name, b"soon" if name == "ce_time" else value) for name, value in headers],
    ],
)
def test_a_spoilt_envelope_is_undecodable_and_its_values_are_not_repeated(spoil: Any) -> None:
    with pytest.raises(Undecodable) as problem:
        from_headers(spoil(headers_for(IncidentLogged.TYPE, uuid4())))
    assert "Rowan" not in str(problem.value)


def test_a_spoilt_body_is_undecodable_and_names_fields_only() -> None:
    with pytest.raises(Undecodable, match="author_id") as problem:
        decode(headers_for(IncidentLogged.TYPE, uuid4()), json.dumps(logged(author_id="Rowan Ade")).encode())
    assert "Rowan" not in str(problem.value)
    with pytest.raises(Undecodable):
        decode(headers_for(IncidentLogged.TYPE, uuid4()), b"not json")


def test_a_type_of_the_future_is_told_apart_from_a_broken_one() -> None:
    with pytest.raises(UnknownType):
        decode(headers_for("heed.incident.sealed.v1", uuid4()), b"{}")


def words_allowed(model: type[BaseModel], seen: dict[str, set[str]]) -> None:
    for name, field in model.model_fields.items():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                words_allowed(part, seen)
            elif part is str:
                seen.setdefault(model.__name__, set()).add(name)


def test_no_event_has_a_field_that_could_carry_a_name_or_a_narrative() -> None:
    seen: dict[str, set[str]] = {}
    for event in EVENTS:
        words_allowed(event, seen)
    # A year group of three characters is what rules route by; every other text would be a leak. A class travels as an
    # id made of its name, since schools name classes after teachers.
    assert set().union(*seen.values()) == {"year_group"}


def test_the_registry_lists_every_event_there_is() -> None:
    def below(model: type[Event]) -> set[type[Event]]:
        return {model}.union(*(below(child) for child in model.__subclasses__()))

    named = {model for model in below(Event) if "TYPE" in vars(model)}
    assert named == set(EVENTS)
    assert len(registry.BY_TYPE) == len(EVENTS)
