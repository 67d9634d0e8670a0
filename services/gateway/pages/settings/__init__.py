"""A school's settings: one module for each of them."""

from services.gateway.pages.settings import (
    categories,
    groups,
    index,
    kiosks,
    lists,
    roll,
    rules,
    schools,
    shields,
    staff,
    times,
    webhooks,
)

SETTINGS_ROUTERS = (
    index.router,
    categories.router,
    lists.router,
    groups.router,
    rules.router,
    times.router,
    staff.router,
    roll.router,
    kiosks.router,
    schools.router,
    shields.router,
    webhooks.router,
)
