"""A production start on a demonstration's people is refused: their password is printed on every screen."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from services.auth.settings import AuthSettings
from services.auth.start import refuse_demonstration
from shared.db import Scope
from shared.settings import UnsafeStart
from tests.auth.conftest import House

PRODUCTION = AuthSettings(mode="production", key_secret=SecretStr("k" * 40))


async def test_production_refuses_invented_people(house: House) -> None:
    with pytest.raises(UnsafeStart, match="demonstration people"):
        await refuse_demonstration(house.db, PRODUCTION)


async def test_a_demonstration_may_have_them(house: House) -> None:
    await refuse_demonstration(house.db, AuthSettings(mode="demo"))


async def test_production_starts_with_real_addresses(house: House) -> None:
    async with house.db.begin(Scope()) as session:
        await session.execute(text("UPDATE staff SET email_key = replace(email_key, '.example', '.sch.uk')"))
    await refuse_demonstration(house.db, PRODUCTION)
