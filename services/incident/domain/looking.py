"""When somebody looked before: a visit is one look, however often its page is loaded. Pure."""

from datetime import datetime, timedelta
from typing import Final

ONE_VISIT: Final = timedelta(minutes=30)


def looked_before(last: datetime, before: datetime | None, now: datetime) -> datetime | None:
    """What was new at the beginning of a visit stays new until half an hour has passed without a look."""
    return before if now - last < ONE_VISIT else last
