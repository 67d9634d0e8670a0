"""HTTP, split by noun: each route names its permission, calls one function, and answers after the commit."""

from services.incident.routes import (
    actions,
    additions,
    behind_glass,
    categories,
    coaching,
    decisions,
    drafts,
    finding,
    incidents,
    internal,
    lists,
    looking,
    pupil_record,
    pupils,
    roll_imports,
    searching,
)

ROUTERS = (
    incidents.router,
    additions.router,
    actions.router,
    decisions.router,
    pupils.router,
    behind_glass.router,
    pupil_record.router,
    internal.router,
    lists.router,
    drafts.router,
    coaching.router,
    finding.router,
    categories.router,
    looking.router,
    roll_imports.router,
    searching.router,
)
