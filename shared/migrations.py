"""The tables every service has, and the fence around every table, in the words of its migrations.

A migration that has run anywhere is never changed: what differs later is a `house_tables_v2`, not an edit here.
Five roles use a service's database: the migrator owns, the app sees one school, the worker sees only what it carries
(outbox, mail, audit), the reporter reads one school, the backup reads all.
"""

from typing import Final

from alembic import op

TRUST_LOG: Final = "00000000-0000-0000-0000-000000000000"
ROLES: Final = ("app", "worker", "reporter", "backup")


def role(service: str, kind: str) -> str:
    return f"heed_{service}_{kind}"


def house_tables_v1(service: str) -> None:
    """Scope functions, outbox, inbox, parked events, audit with its leaves, mail queue and signing keys."""
    app, worker, reporter, backup = (role(service, kind) for kind in ROLES)
    run_script(_SCOPE_FUNCTIONS)
    op.execute(f"GRANT USAGE ON SCHEMA public TO {app}, {worker}, {reporter}, {backup}")
    op.execute(f"GRANT EXECUTE ON FUNCTION heed_school(), heed_staff() TO {app}, {worker}, {reporter}, {backup}")
    run_script(_MESSAGE_TABLES)
    run_script(_AUDIT_TABLES)
    run_script(_MAIL_TABLE)
    for table, app_may, worker_may in _HOUSE_RIGHTS:
        _fence(table, app, worker, backup, app_may=app_may, worker_may=worker_may)
    op.execute(f"GRANT SELECT ON audit TO {reporter}")
    op.execute(f"CREATE POLICY reporter_reads ON audit FOR SELECT TO {reporter} USING (school_id = heed_school())")
    run_script(_KEY_TABLE)
    trustwide(service, "signing_key", app="SELECT, INSERT, UPDATE (retired_at)", reporter=False)
    op.execute(f"GRANT SELECT ON alembic_version TO {app}, {worker}, {backup}")


def run_script(script: str) -> None:
    """Run several statements at once, in the migration's transaction."""
    connection = op.get_bind().connection
    # The driver begins its transaction with the first statement it is given, which a script of its own would miss.
    op.execute("SELECT 1")
    connection.run_async(lambda driver: driver.execute(script))


def protect(service: str, table: str, *, app: str = "SELECT, INSERT", own_rows: str | None = None) -> None:
    """Fence a table with a school_id: nobody reads or writes another school's rows, its owner included.

    `app` is what the app role may do, in the words of GRANT, columns included: "SELECT, INSERT, UPDATE (status)".
    `own_rows` names a column that holds a member of staff, who may read those rows in any school.
    """
    _enable(table)
    op.execute(
        f"CREATE POLICY one_school ON {table} FOR ALL TO {role(service, 'app')}, {role(service, 'reporter')} "
        "USING (school_id = heed_school()) WITH CHECK (school_id = heed_school())"
    )
    if own_rows:
        op.execute(
            f"CREATE POLICY own_rows ON {table} FOR SELECT TO {role(service, 'app')} USING ({own_rows} = heed_staff())"
        )
    op.execute(f"GRANT {app} ON {table} TO {role(service, 'app')}")
    op.execute(f"GRANT SELECT ON {table} TO {role(service, 'reporter')}, {role(service, 'backup')}")


def trustwide(service: str, table: str, *, app: str, reporter: bool = True) -> None:
    """Fence a table that belongs to the whole trust: no school, so every row is the app's; nobody else's by default.

    The comment is how the catalogue test knows that the missing school was meant.
    """
    _enable(table)
    op.execute(f"COMMENT ON TABLE {table} IS 'trustwide'")
    readers = [role(service, "app"), *([role(service, "reporter")] if reporter else [])]
    op.execute(f"CREATE POLICY whole_trust ON {table} FOR ALL TO {', '.join(readers)} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT {app} ON {table} TO {role(service, 'app')}")
    op.execute(f"GRANT SELECT ON {table} TO {role(service, 'backup')}")
    if reporter:
        op.execute(f"GRANT SELECT ON {table} TO {role(service, 'reporter')}")


def _enable(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _fence(table: str, app: str, worker: str, backup: str, *, app_may: str, worker_may: str) -> None:
    _enable(table)
    # A row of the trust may be written from within a school: a head may be given a role in the trust.
    op.execute(
        f"CREATE POLICY one_school ON {table} FOR ALL TO {app} USING (school_id = heed_school()) "
        f"WITH CHECK (school_id = heed_school() OR school_id = '{TRUST_LOG}')"
    )
    op.execute(f"GRANT {app_may} ON {table} TO {app}")
    op.execute(f"GRANT SELECT ON {table} TO {backup}")
    if worker_may:
        op.execute(f"CREATE POLICY carries ON {table} FOR ALL TO {worker} USING (true) WITH CHECK (true)")
        op.execute(f"GRANT {worker_may} ON {table} TO {worker}")


_HOUSE_RIGHTS: Final = (
    ("outbox", "INSERT", "SELECT, DELETE"),
    ("inbox", "SELECT, INSERT", "SELECT, DELETE"),
    ("parked_key", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"),
    ("parked_event", "SELECT, INSERT", "SELECT, INSERT, UPDATE (replayed_at), DELETE"),
    ("audit", "SELECT, INSERT", "SELECT"),
    ("audit_unsealed", "INSERT", "SELECT, DELETE"),
    ("audit_leaf", "SELECT", "SELECT, INSERT"),
    ("audit_checkpoint", "SELECT", "SELECT, INSERT"),
    ("mail", "SELECT, INSERT", "SELECT, UPDATE"),
)

# nullif: after a SET LOCAL has ended the setting is '' and not NULL.
_SCOPE_FUNCTIONS: Final = """
CREATE FUNCTION heed_school() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heed.school', true), '')::uuid $$;
CREATE FUNCTION heed_staff() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('heed.staff', true), '')::uuid $$;
REVOKE EXECUTE ON FUNCTION heed_school(), heed_staff() FROM PUBLIC;
"""

_MESSAGE_TABLES: Final = """
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    school_id uuid NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    headers jsonb NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    school_id uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_by_age ON inbox (taken_at);
CREATE TABLE parked_key (
    consumer text NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    school_id uuid NOT NULL,
    reason text NOT NULL,
    since timestamptz NOT NULL,
    attempts integer NOT NULL,
    PRIMARY KEY (consumer, topic, key)
);
CREATE TABLE parked_event (
    id uuid PRIMARY KEY,
    consumer text NOT NULL,
    topic text NOT NULL,
    key uuid NOT NULL,
    school_id uuid NOT NULL,
    headers jsonb NOT NULL,
    body text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    parked_at timestamptz NOT NULL,
    replayed_at timestamptz,
    UNIQUE (school_id, consumer, topic, partition, "offset")
);
CREATE INDEX parked_event_by_key ON parked_event (consumer, topic, key, "offset") WHERE replayed_at IS NULL;
"""

# Numbering and hashing happen later and in one place (the sealer): a chain written by the business transaction itself
# would make every writer of a school wait for the one before.
_AUDIT_TABLES: Final = """
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    school_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    staff_id uuid,
    session_id uuid,
    action text NOT NULL,
    about_kind text NOT NULL,
    about_id uuid,
    pupil_ids uuid[] NOT NULL,
    reason text,
    assurance text,
    elevated boolean NOT NULL,
    break_glass uuid,
    trace_id text,
    details jsonb NOT NULL
);
CREATE INDEX audit_by_time ON audit (school_id, at);
CREATE INDEX audit_by_pupil ON audit USING gin (pupil_ids);
CREATE TABLE audit_unsealed (
    audit_id uuid PRIMARY KEY,
    school_id uuid NOT NULL
);
CREATE TABLE audit_leaf (
    school_id uuid NOT NULL,
    seq bigint NOT NULL,
    audit_id uuid NOT NULL UNIQUE,
    leaf bytea NOT NULL,
    PRIMARY KEY (school_id, seq)
);
CREATE TABLE audit_checkpoint (
    school_id uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    frontier bytea NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, size)
);
CREATE FUNCTION heed_audit_awaits_seal() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO audit_unsealed VALUES (NEW.id, NEW.school_id); RETURN NULL; END $$;
REVOKE EXECUTE ON FUNCTION heed_audit_awaits_seal() FROM PUBLIC;
CREATE TRIGGER awaits_seal AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION heed_audit_awaits_seal();
"""

_MAIL_TABLE: Final = """
CREATE TABLE mail (
    id uuid PRIMARY KEY,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    staff_id uuid NOT NULL,
    link text NOT NULL,
    message_id text NOT NULL,
    state text NOT NULL,
    bytes bytea,
    lease_until timestamptz,
    lease_owner uuid,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    error text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX mail_waiting ON mail (next_try_at) WHERE sent_at IS NULL;
"""

_KEY_TABLE: Final = """
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    purpose text NOT NULL,
    sealed bytea NOT NULL,
    public text NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);
"""
