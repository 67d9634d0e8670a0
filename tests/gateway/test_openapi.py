"""The description of the API: no drift, and an example of every call that its own schema takes."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from deploy import openapi
from deploy.building import SERVICES
from services.gateway.app import API_ROUTERS

BUILT = [name for name in SERVICES if find_spec(f"services.{name}.app")]


@pytest.mark.parametrize("service", BUILT)
def test_the_description_has_not_drifted(service: str) -> None:
    assert openapi.place(service).read_text() == openapi.text(service), "run `python -m deploy.openapi`"


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    found = json.loads(openapi.text("gateway"))
    assert found["openapi"].startswith("3.1")
    for path, item in found["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


OPERATIONS = dict(operations())


def test_every_route_is_described() -> None:
    routes = {
        f"{method} {route.path}"
        for router in API_ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert routes == set(OPERATIONS)
    assert len(routes) > 40


@pytest.mark.parametrize("call", OPERATIONS)
def test_every_call_has_words_and_an_example_of_what_is_sent_and_received(call: str) -> None:
    operation = OPERATIONS[call]
    assert operation["summary"]
    assert operation["description"]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        assert media["example"]
    good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    assert len(good) == 1
    assert {"RateLimit", "RateLimit-Policy"} <= set(good[0]["headers"])
    for media in good[0].get("content", {}).values():
        assert media["example"]
    assert {"400", "429", "503"} <= set(operation["responses"])
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description") or parameter["in"] == "path"


def models() -> Iterator[type[BaseModel]]:
    for route in (route for router in API_ROUTERS for route in router.routes):
        assert isinstance(route, APIRoute)
        yield from (answer["model"] for answer in route.responses.values() if "model" in answer)
        if route.body_field is not None:
            yield route.body_field.field_info.annotation  # type: ignore[misc]


MODELS = sorted(set(models()), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_example_is_one(model: type[BaseModel]) -> None:
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    assert len(examples) == 1
    model.model_validate_json(json.dumps(examples[0]))
