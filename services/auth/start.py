"""What auth looks at before it opens: whether the people it knows may be let in at all."""

from typing import Final

from sqlalchemy import exists, select

from services.auth.models import StaffAccount
from shared.db import Database, Scope
from shared.settings import HouseSettings, UnsafeStart

# Reserved for examples (RFC 2606): nobody real has such an address, and every invented person of a demonstration has.
INVENTED: Final = "%.example"


async def refuse_demonstration(db: Database, settings: HouseSettings) -> None:
    """Raises UnsafeStart in production when a demonstration's people are there, whose password anyone can read."""
    if settings.mode != "production":
        return
    async with db.begin(Scope()) as session:
        found = await session.scalar(select(exists().where(StaffAccount.email_key.like(INVENTED))))
    if found:
        raise UnsafeStart(
            "There are demonstration people in this database (addresses that end in .example), and everybody can read "
            "their password. Production starts with a database of its own: create one with `heed migrate`."
        )
