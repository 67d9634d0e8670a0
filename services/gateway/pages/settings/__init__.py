"""A school's settings: one module for each of them."""

from services.gateway.pages.settings import categories, groups, index, lists, rules, times

SETTINGS_ROUTERS = (
    index.router,
    categories.router,
    lists.router,
    groups.router,
    rules.router,
    times.router,
)
