"""The pages of Heed: one module for each family, templates and what they are made with beside them."""

from services.gateway.pages import (
    alerts,
    audit,
    break_glass,
    children,
    corrections,
    demonstration,
    elevated,
    incident_steps,
    incidents,
    me,
    my_heed,
    passwords,
    searching,
    second_factor,
    serving,
    sign_in,
    tokens,
)
from services.gateway.pages.settings import SETTINGS_ROUTERS

PAGE_ROUTERS = (
    serving.router,
    my_heed.router,
    alerts.router,
    incidents.router,
    corrections.router,
    incident_steps.router,
    sign_in.router,
    children.router,
    break_glass.router,
    audit.router,
    searching.router,
    elevated.router,
    tokens.router,
    me.router,
    passwords.router,
    second_factor.router,
    *SETTINGS_ROUTERS,
    demonstration.router,
)
