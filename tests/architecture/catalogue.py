"""What PostgreSQL's own catalogue says of a service's database, held against the rules of the house.

Each query returns a row per offence. A table, view, function, grant, policy or key that nobody thought of is found
here, because the catalogue is asked and not the models.
"""

from typing import Final

import asyncpg

_TABLES: Final = """
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
           coalesce(obj_description(c.oid), '') LIKE 'trustwide%' AS trustwide,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'school_id' AND a.attnotnull) AS schooled
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND c.relname <> 'alembic_version'
"""

# One function reads with its owner's rights, `heed_said`, and the owner one table for it, `said`: full-text search under
# row-level security uses no index. It is allowed by its name, its owner, its pinned path, its own filter of the school
# and who may run it; `tests/incident/test_searching.py` shows that it gives nothing of another school.
RULES: Final = {
    "row-level security is not enabled and forced": f"SELECT relname FROM ({_TABLES}) t WHERE NOT (relrowsecurity AND relforcerowsecurity)",
    "has no school_id and is not marked trustwide": f"SELECT relname FROM ({_TABLES}) t WHERE NOT schooled AND NOT trustwide",
    "is not owned by the migrator": f"SELECT relname FROM ({_TABLES}) t WHERE relowner::regrole::text NOT LIKE 'heed%_migrator'",
    "foreign key without the school": f"""
        SELECT k.conname FROM pg_constraint k
        JOIN ({_TABLES}) mine ON mine.oid = k.conrelid JOIN ({_TABLES}) theirs ON theirs.oid = k.confrelid
        WHERE k.contype = 'f' AND mine.schooled AND theirs.schooled AND NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair(here, there)
            JOIN pg_attribute h ON h.attrelid = k.conrelid AND h.attnum = pair.here AND h.attname = 'school_id'
            JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = pair.there AND t.attname = 'school_id')""",
    "unique over words without the school: it tells one school what another has": f"""
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN ({_TABLES}) t ON t.oid = i.indrelid
        WHERE i.indisunique AND t.schooled
            AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = 'school_id')
            AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                            AND (a.atttypid = 'uuid'::regtype OR a.attidentity <> ''))""",
    "view that reads with its owner's rights": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
            AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false)""",
    "materialised view, which row-level security does not reach": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'""",
    "function with its owner's rights": """
        SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
            AND NOT (p.oid::regprocedure::text = 'heed_said(text)' AND p.proowner::regrole::text = 'heed_incident_migrator'
                     AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'] AND p.prosrc LIKE '%s.school_id = public.heed_school()%'
                     AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee::regrole::text NOT IN ('heed_incident_migrator', 'heed_incident_app')))""",
    "function that everybody may run": """
        SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
            AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "right given to everybody": """
        SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee = 'PUBLIC'
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = (quote_ident(table_name))::regclass AND d.deptype = 'e')""",
    "right that no working role may have": """
        SELECT grantee || ' ' || table_name || ' ' || privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND grantee ~ '^heed_.*_(app|worker|reporter|backup)$'
            AND (privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
                 OR (grantee ~ '_(reporter|backup)$' AND privilege_type <> 'SELECT')
                 OR (table_name IN ('audit', 'audit_leaf', 'audit_checkpoint') AND privilege_type IN ('UPDATE', 'DELETE')))""",
    "right to a column that no working role may have": """
        SELECT grantee || ' ' || table_name || '.' || column_name || ' ' || privilege_type FROM information_schema.role_column_grants
        WHERE table_schema = 'public' AND grantee ~ '^heed_.*_(app|worker|reporter|backup)$'
            AND ((grantee ~ '_(reporter|backup)$' AND privilege_type <> 'SELECT')
                 OR (table_name IN ('audit', 'audit_leaf', 'audit_checkpoint') AND privilege_type = 'UPDATE'))""",
    "table that the worker does not carry": """
        SELECT DISTINCT grantee || ' ' || table_name FROM information_schema.role_column_grants
        WHERE table_schema = 'public' AND grantee ~ '^heed_.*_worker$' AND table_name NOT IN
            ('outbox', 'inbox', 'parked_key', 'parked_event', 'audit', 'audit_unsealed', 'audit_leaf', 'audit_checkpoint', 'mail', 'alembic_version')""",
    "policy that lets rows of any school be written": f"""
        SELECT p.polname || ' on ' || t.relname FROM pg_policy p JOIN ({_TABLES}) t ON t.oid = p.polrelid
        WHERE NOT t.trustwide AND EXISTS (SELECT FROM unnest(p.polroles) r(oid) WHERE r.oid::regrole::text !~ '^heed_.*_worker$')
            AND pg_get_expr(p.polwithcheck, p.polrelid) !~ 'heed_(school|staff)\\(\\)'""",
    "schema of which nobody thought": """
        SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'""",
    "foreign table, which has no row-level security": """
        SELECT relname FROM pg_class WHERE relkind = 'f'""",
    "role of another service, or everybody, may connect": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^heed_.*_(migrator|app|worker|reporter|backup)$'
            AND rolname !~ ('^' || current_database() || '_') AND has_database_privilege(oid, current_database(), 'CONNECT')""",
    "policy that looks at neither school nor person": f"""
        SELECT p.polname || ' on ' || t.relname FROM pg_policy p JOIN ({_TABLES}) t ON t.oid = p.polrelid
        WHERE NOT t.trustwide AND EXISTS (SELECT FROM unnest(p.polroles) r(oid) WHERE r.oid::regrole::text !~ '^heed_.*_worker$')
            AND NOT (t.relname = 'said' AND p.polcmd = 'r' AND p.polroles::regrole[]::text = '{{heed_incident_migrator}}')
            AND coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), 'true')
                !~ 'heed_(school|staff)\\(\\)'""",
    "role with more than it needs": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^heed_.*_(migrator|app|worker|reporter|backup)$'
            AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls <> (rolname ~ '_backup$')
                 OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid))""",
    "the working roles may create in the schema": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^heed_.*_(app|worker|reporter|backup)$'
            AND has_schema_privilege(oid, 'public', 'CREATE')""",
    "sequence a working role may read: it tells how much other schools write": """
        SELECT c.relname || ' ' || r.rolname FROM pg_class c, pg_roles r
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND r.rolname ~ '^heed_.*_(app|reporter)$'
            AND has_sequence_privilege(r.oid, c.oid, 'SELECT, USAGE')""",
}


async def offences(admin_url: str) -> list[str]:
    connection = await asyncpg.connect(admin_url)
    try:
        return await offences_seen_by(connection)
    finally:
        await connection.close()


async def offences_seen_by(connection: asyncpg.Connection) -> list[str]:
    return [f"{row[0]}: {rule}" for rule, query in RULES.items() for row in await connection.fetch(query)]


async def tables(admin_url: str) -> set[str]:
    connection = await asyncpg.connect(admin_url)
    try:
        return {row["relname"] for row in await connection.fetch(_TABLES)}
    finally:
        await connection.close()
