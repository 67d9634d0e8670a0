"""The gateway's table of contents."""

from functools import cache, partial

from services.gateway.edge import Edge
from services.gateway.gate import Gate
from services.gateway.limits import Limiter, Policy
from services.gateway.openapi import describe
from services.gateway.pages import PAGE_ROUTERS
from services.gateway.pages.problems import answer_with_pages
from services.gateway.routes import (
    actions,
    alerted,
    alerts,
    audit,
    break_glass,
    categories,
    coaching,
    decisions,
    drafts,
    duties,
    escalation,
    figures,
    finding,
    first_run,
    incidents,
    kiosks,
    linked_accounts,
    lists,
    looking,
    notices,
    own,
    passkeys,
    pupil_record,
    pupils,
    roll,
    rules,
    school,
    searching,
    sessions,
    shields,
    staff,
    tokens,
    webhooks,
)
from services.gateway.settings import GatewaySettings
from shared.bus.api import Bus
from shared.peers import Peers
from shared.service import Service, create_api

API_ROUTERS = (
    sessions.router,
    passkeys.router,
    first_run.router,
    linked_accounts.router,
    own.router,
    tokens.router,
    audit.router,
    pupils.router,
    finding.router,
    looking.router,
    searching.router,
    incidents.router,
    categories.router,
    lists.router,
    drafts.router,
    coaching.router,
    actions.router,
    duties.router,
    notices.router,
    alerted.router,
    decisions.router,
    alerts.router,
    rules.router,
    escalation.router,
    webhooks.router,
    figures.router,
    break_glass.router,
    kiosks.router,
    school.router,
    shields.router,
    roll.router,
    staff.router,
    # After those with words where its ids stand.
    pupil_record.router,
)


def create_service(settings: GatewaySettings, *, peers: Peers, bus: Bus | None = None) -> Service:
    """`bus` is taken as by every service and not used: the gateway speaks HTTP only."""
    api = create_api(
        "gateway",
        routers=(*PAGE_ROUTERS, linked_accounts.way_back, *API_ROUTERS),
        verifier=None,
        # Nothing of others: a gateway that was taken out because one service is down would take down the rest.
        checks={},
        settings=settings,
        openapi_url=None,
        redirect_slashes=False,
    )
    api.state.gate = Gate(settings, peers)
    answer_with_pages(api)
    api.add_middleware(
        Edge,
        hosts=settings.allowed_hosts,
        https=settings.https,
        by_address=Limiter(Policy("address", settings.address_requests_per_minute, 60)),
        proxies=settings.trusted_proxies,
    )
    api.openapi = cache(partial(describe, api))  # type: ignore[method-assign]
    return Service("gateway", api)
