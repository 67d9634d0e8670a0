"""HTTP, split by noun: each route names its permission, calls one function, and answers after the commit."""

from services.auth.routes import (
    absence,
    break_glass,
    first_run,
    internal,
    kiosks,
    linked_accounts,
    own,
    passkeys,
    people,
    school,
    sessions,
    shields,
    staff_file,
)

ROUTERS = (
    sessions.router,
    own.router,
    passkeys.router,
    linked_accounts.router,
    people.router,
    school.router,
    shields.router,
    absence.router,
    staff_file.router,
    break_glass.router,
    kiosks.router,
    first_run.router,
    internal.router,
)
