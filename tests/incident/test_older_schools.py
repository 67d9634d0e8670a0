"""A school with categories older than what is asked of them: as the policy has it, unless it said otherwise."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from deploy import databases
from services.incident.service.categories import begin_with_standard_categories
from services.incident.taxonomy import STANDARD
from shared.contracts.words import Role
from shared.db import Database, Scope
from shared.ids import new_id
from tests.conftest import Cluster
from tests.issuer import member

pytestmark = pytest.mark.postgres

BEFORE, OLDER = "0013", "heed_incident_older"
_AS_IT_WAS = """
UPDATE category SET asks_sanction = false, must_follow_up = false;
INSERT INTO former_name SELECT school_id, id, now(), name FROM category WHERE name = 'Peer on peer abuse';
UPDATE category SET name = 'Child-on-child abuse', version = 2 WHERE name = 'Peer on peer abuse';
UPDATE category SET version = 2 WHERE name = 'Sexual behaviour';
UPDATE category SET retired_at = now(), version = 2 WHERE name = 'LGBT';
"""


def as_migrator(cluster: Cluster) -> str:
    account = databases.Account("heed_incident_migrator", cluster.passwords["heed_incident_migrator"])
    return databases.url_for(cluster.admin_url, database=OLDER, account=account)


async def migrate(cluster: Cluster, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(databases.MIGRATIONS / "incident" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = as_migrator(cluster)
    await asyncio.to_thread(command.upgrade, config, to)


@pytest.fixture
async def older(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """A database as it was before; the connection is an administrator's."""
    server = await asyncpg.connect(cluster.admin_url)
    await server.execute(f"CREATE DATABASE {OLDER} OWNER heed_incident_migrator TEMPLATE template0 ENCODING 'UTF8'")
    inside = await asyncpg.connect(databases.in_database(cluster.admin_url, OLDER))
    try:
        await inside.execute("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        await inside.execute("ALTER SCHEMA public OWNER TO heed_incident_migrator")
        await migrate(cluster, BEFORE)
        yield inside
    finally:
        await inside.close()
        await server.execute(f"DROP DATABASE {OLDER} WITH (FORCE)")
        await server.close()


async def test_r20_r127_an_older_school_asks_for_sanctions_and_follows_up_unless_it_said_otherwise(
    cluster: Cluster, older: asyncpg.Connection
) -> None:
    account = databases.Account("heed_incident_app", cluster.passwords["heed_incident_app"])
    db = Database(databases.url_for(cluster.admin_url, database=OLDER, account=account), name="test-older")
    for school_id in (new_id(), new_id()):
        async with db.begin(Scope(school_id)) as session:
            await begin_with_standard_categories(session, acting_staff=member(school_id, Role.LEAD_DSL))
    await db.close()
    await older.execute(_AS_IT_WAS)
    await migrate(cluster, "head")

    rows = await older.fetch(
        "SELECT c.name, p.name AS above, c.asks_sanction, c.must_follow_up FROM category c "
        "LEFT JOIN category p ON p.school_id = c.school_id AND p.id = c.parent_id"
    )
    peer, behaviour = STANDARD["Peer on peer abuse"][1], STANDARD["Behaviour incident"][1]
    assert sorted(row["name"] for row in rows if row["must_follow_up"]) == sorted([*peer, "Child-on-child abuse"] * 2)
    # One of them was changed by the school, perhaps in this: it stays as it is.
    asks = [*behaviour, "Behaviour incident"]
    asks.remove("Sexual behaviour")
    assert sorted(row["name"] for row in rows if row["asks_sanction"]) == sorted(asks * 2)
    fenced = await older.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relforcerowsecurity")
    assert "category" not in {row["relname"] for row in fenced}
