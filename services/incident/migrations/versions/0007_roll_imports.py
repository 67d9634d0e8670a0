"""Files of the roll between their dry run and being applied: kept for a day, behind the school's fence, then gone."""

from alembic import op

from shared.migrations import protect, role, run_script, trustwide

revision = "0007"
down_revision = "0006"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_TABLES)
    protect(SERVICE, "roll_import", app=f"SELECT, INSERT, DELETE, UPDATE ({_CHANGES})")
    protect(SERVICE, "roll_import_row", app="SELECT, INSERT, DELETE")
    trustwide(SERVICE, "roll_import_due", app="SELECT, INSERT, DELETE", reporter=False)
    # Names that are to be gone tomorrow have no business in a report.
    for table in ("roll_import", "roll_import_row"):
        op.execute(f"REVOKE SELECT ON {table} FROM {role(SERVICE, 'reporter')}")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_CHANGES = "state, headings, mapping, total, done, counts, applied_at, applied_by"

# What is due says which school and when, and nothing of the school's: whoever tidies up must find every school.
_TABLES = """
CREATE TABLE roll_import (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('csv', 'ctf')),
    version text NOT NULL,
    whole boolean NOT NULL,
    as_of date,
    encoding text NOT NULL,
    separator text NOT NULL,
    headings jsonb NOT NULL,
    mapping jsonb NOT NULL,
    unknown jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('unmapped', 'ready', 'applied')),
    total integer NOT NULL,
    done integer NOT NULL,
    counts jsonb NOT NULL,
    applied_at timestamptz,
    applied_by uuid,
    PRIMARY KEY (school_id, id)
);
CREATE TABLE roll_import_row (
    school_id uuid NOT NULL,
    import_id uuid NOT NULL,
    number integer NOT NULL,
    cells jsonb NOT NULL,
    name text NOT NULL,
    outcome text NOT NULL,
    pupil_id uuid,
    changes jsonb NOT NULL,
    faults jsonb NOT NULL,
    PRIMARY KEY (school_id, import_id, number),
    FOREIGN KEY (school_id, import_id) REFERENCES roll_import ON DELETE CASCADE
);
CREATE TABLE roll_import_due (
    import_id uuid PRIMARY KEY,
    school uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX roll_import_due_by_time ON roll_import_due (expires_at);
"""
