"""Every route of every service names who may come in, and there is no way in beside the routes."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import SecretStr

from deploy.building import SERVICES
from services.gateway.asking import Asks
from shared.identity import May, Permission, Public, public
from shared.peers import Peers
from shared.policy import ACTIONS

NOWHERE = SecretStr("postgresql://nobody@localhost/nothing")
BUILT = [name for name in SERVICES if find_spec(f"services.{name}.app")]

# Whoever is not signed in may ask these, and nothing else in the house.
PUBLIC = {
    "auth": {"/health/live", "/health/ready", "/.well-known/jwks.json", "/internal/service-token"},
    "incident": {"/health/live", "/health/ready"},
    "alerting": {"/health/live", "/health/ready", "/.well-known/jwks.json"},
    "gateway": {
        "/health/live",
        "/health/ready",
        "/",
        "/assets/{version}/{name:path}",
        "/api/v1/openapi.json",
        "/api/v1/docs",
        "/demo/mail",
        "/api/v1/sign-in",
        "/api/v1/sign-in/passkey",
        "/api/v1/sign-in/provider",
        "/api/v1/sign-in/providers",
        "/sign-in/return",
        "/api/v1/sign-in/passkey/options",
        "/api/v1/password",
        "/api/v1/kiosk",
        "/api/v1/kiosk/sign-in",
        "/api/v1/password/forgotten",
        "/api/v1/schools/{school}/sign-in",
        "/sign-in",
        "/password/forgotten",
        "/password/{link}",
        "/first-run",
        "/sign-in/provider",
        "/api/v1/first-run",
        "/signed-out",
        "/kiosk",
        "/kiosk/sign-in",
        "/kiosk/recorded",
    },
}


def api_of(service: str) -> FastAPI:
    kind = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    settings = kind().model_copy(update={"database_url": NOWHERE, "worker_database_url": NOWHERE})
    api: FastAPI = import_module(f"services.{service}.app").create_service(settings, peers=Peers()).api
    return api


def routes_of(routers: Sequence[APIRouter]) -> list[APIRoute]:
    """`app.routes` hides what was included: the routers that the service declared are walked instead."""
    found = [route for router in routers for route in router.routes]
    # A mounted application or an included router would hide its routes in turn.
    assert all(isinstance(route, APIRoute) for route in found)
    return [route for route in found if isinstance(route, APIRoute)]


def permissions_of(route: APIRoute) -> list[Permission]:
    return list(_permissions(route.dependant))


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    for below in dependant.dependencies:
        if isinstance(below.call, Permission):
            yield below.call
        yield from _permissions(below)


def nameless(routers: Sequence[APIRouter]) -> list[str]:
    return [f"{sorted(route.methods or ())} {route.path}" for route in routes_of(routers) if not permissions_of(route)]


@pytest.mark.parametrize("service", BUILT)
def test_every_route_names_its_permission(service: str) -> None:
    api = api_of(service)
    assert len(routes_of(api.state.routers)) > 5
    assert nameless(api.state.routers) == []


@pytest.mark.parametrize("service", BUILT)
def test_nothing_is_reached_but_what_the_service_declares(service: str) -> None:
    api = api_of(service)
    declared = {route.path for route in routes_of(api.state.routers)}
    described = set(api.openapi()["paths"])
    assert described <= declared
    reachable = {getattr(route, "path", "") for route in api.routes} - {""}
    assert reachable - {"/openapi.json"} <= declared


@pytest.mark.parametrize("service", BUILT)
def test_only_these_are_open_to_everybody(service: str) -> None:
    routes = routes_of(api_of(service).state.routers)
    open_ones = {route.path for route in routes if any(isinstance(one, Public) for one in permissions_of(route))}
    assert open_ones == PUBLIC[service]


@pytest.mark.parametrize("service", BUILT)
def test_a_permission_is_an_action_of_the_table(service: str) -> None:
    asked = {
        one.words
        for route in routes_of(api_of(service).state.routers)
        for one in permissions_of(route)
        if isinstance(one, May | Asks)
    }
    assert asked
    assert asked <= set(ACTIONS)


def test_a_route_that_says_nothing_is_found() -> None:
    router = APIRouter(prefix="/incidents")
    beneath = APIRouter(dependencies=[Depends(public())])

    @router.get("/{incident_id}")
    async def silent(incident_id: str) -> None: ...

    @router.get("/open", dependencies=[Depends(public())])
    async def said() -> None: ...

    @beneath.get("/below")
    async def below() -> None: ...

    assert nameless([router, beneath]) == ["['GET'] /incidents/{incident_id}"]
