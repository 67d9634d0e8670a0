"""Every service's database keeps the rules of the house, and each rule is seen to find what breaks it."""

import asyncpg
import pytest

from deploy import databases
from tests.architecture.catalogue import RULES, offences, offences_seen_by, tables
from tests.conftest import Cluster
from tests.house_database import HOUSE

BREAKS = {
    "row-level security is not enabled and forced": "CREATE TABLE bare (school_id uuid NOT NULL)",
    "has no school_id and is not marked trustwide": "CREATE TABLE bare (id uuid)",
    "is not owned by the migrator": "CREATE TABLE bare (school_id uuid NOT NULL)",
    "foreign key without the school": """
        CREATE TABLE child (school_id uuid NOT NULL, id uuid PRIMARY KEY);
        CREATE TABLE mark (school_id uuid NOT NULL, child_id uuid REFERENCES child (id))""",
    "unique over words without the school: it tells one school what another has": (
        "CREATE TABLE child (school_id uuid NOT NULL, upn text UNIQUE)"
    ),
    "view that reads with its owner's rights": "CREATE VIEW seen AS SELECT * FROM audit",
    "materialised view, which row-level security does not reach": "CREATE MATERIALIZED VIEW seen AS SELECT 1",
    "function with its owner's rights": ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"),
    "function that everybody may run": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "right given to everybody": "GRANT SELECT ON audit TO PUBLIC",
    "right that no working role may have": "GRANT DELETE ON audit TO heed_house_app",
    "right to a column that no working role may have": "GRANT UPDATE (reason) ON audit TO heed_house_app",
    "table that the worker does not carry": "GRANT SELECT (kid) ON signing_key TO heed_house_worker",
    "policy that lets rows of any school be written": (
        "CREATE POLICY open ON audit FOR ALL TO heed_house_app USING (school_id = heed_school()) WITH CHECK (true)"
    ),
    "schema of which nobody thought": "CREATE SCHEMA other",
    "foreign table, which has no row-level security": """
        CREATE FOREIGN DATA WRAPPER far;
        CREATE SERVER elsewhere FOREIGN DATA WRAPPER far;
        CREATE FOREIGN TABLE there (id uuid) SERVER elsewhere""",
    "role of another service, or everybody, may connect": "GRANT CONNECT ON DATABASE heed_house TO PUBLIC",
    "policy that looks at neither school nor person": (
        "CREATE POLICY open ON audit FOR SELECT TO heed_house_app USING (true)"
    ),
    "role with more than it needs": "ALTER ROLE heed_house_app BYPASSRLS",
    "the working roles may create in the schema": "GRANT CREATE ON SCHEMA public TO heed_house_app",
    "sequence a working role may read: it tells how much other schools write": (
        "GRANT SELECT ON SEQUENCE outbox_seq_seq TO heed_house_app"
    ),
}


async def test_every_service_keeps_the_rules(cluster: Cluster) -> None:
    for service in cluster.services:
        assert "audit" in await tables(cluster.admin(service)), service
        assert await offences(cluster.admin(service)) == [], service


def test_every_service_with_a_database_is_looked_at(cluster: Cluster) -> None:
    assert {*filter(databases.has_migrations, databases.SERVICES), HOUSE} == set(cluster.services)


@pytest.mark.parametrize("rule", RULES)
async def test_each_rule_finds_what_breaks_it(cluster: Cluster, rule: str) -> None:
    connection = await asyncpg.connect(cluster.admin(HOUSE))
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(BREAKS[rule])
        assert any(offence.endswith(rule) for offence in await offences_seen_by(connection))
    finally:
        await transaction.rollback()
        await connection.close()
