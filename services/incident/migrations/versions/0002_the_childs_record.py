"""The child's record: names of before, identifiers with dates and source, contacts, attendance and flags."""

from alembic import op

from shared.migrations import protect, role, run_script

revision = "0002"
down_revision = "0001"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_COLUMNS)
    run_script(_TABLES)
    app = role(SERVICE, "app")
    op.execute(f"GRANT UPDATE (preferred_forename, preferred_surname, names_apart) ON pupil TO {app}")
    op.execute(f"GRANT UPDATE (until) ON pupil_identifier TO {app}")
    protect(SERVICE, "pupil_name")
    protect(SERVICE, "pupil_contact", app=f"SELECT, INSERT, UPDATE ({_CONTACT_CHANGES})")
    figures = "possible, attended, authorised, unauthorised, source"
    protect(SERVICE, "pupil_attendance", app=f"SELECT, INSERT, UPDATE ({figures})")
    protect(SERVICE, "pupil_flag", app="SELECT, INSERT, UPDATE (until, ended_by)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_CONTACT_CHANGES = (
    "priority, title, forename, surname, relationship, phones, email, parental_responsibility, "
    "do_not_contact, do_not_contact_reason, source, until"
)

# Defaults, so that the code that is running while this is applied can still write.
_COLUMNS = """
ALTER TABLE pupil
    ADD COLUMN preferred_forename text,
    ADD COLUMN preferred_surname text,
    ADD COLUMN names_apart boolean NOT NULL DEFAULT false;
ALTER TABLE pupil_identifier
    ADD COLUMN source text NOT NULL DEFAULT 'csv',
    ADD COLUMN until date;
"""

_TABLES = """
CREATE TABLE pupil_name (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('legal', 'preferred', 'former')),
    forename text NOT NULL,
    surname text NOT NULL,
    until date,
    source text NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE INDEX pupil_name_by_pupil ON pupil_name (school_id, pupil_id);
CREATE TABLE pupil_contact (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    priority smallint NOT NULL,
    title text NOT NULL,
    forename text NOT NULL,
    surname text NOT NULL,
    relationship text NOT NULL,
    phones jsonb NOT NULL,
    email text,
    parental_responsibility boolean,
    do_not_contact boolean NOT NULL DEFAULT false,
    do_not_contact_reason text,
    source text NOT NULL,
    since date NOT NULL,
    until date,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil,
    CHECK (do_not_contact = (do_not_contact_reason IS NOT NULL))
);
CREATE INDEX pupil_contact_by_pupil ON pupil_contact (school_id, pupil_id) WHERE until IS NULL;
CREATE TABLE pupil_attendance (
    school_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    as_of date NOT NULL,
    possible integer NOT NULL,
    attended integer NOT NULL,
    authorised integer NOT NULL,
    unauthorised integer NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (school_id, pupil_id, as_of),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil,
    CHECK (least(possible, attended, authorised, unauthorised) >= 0),
    CHECK (attended + authorised + unauthorised <= possible)
);
CREATE TABLE pupil_flag (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL,
    since date NOT NULL,
    until date,
    note text,
    source text NOT NULL,
    raised_by uuid NOT NULL,
    ended_by uuid,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE UNIQUE INDEX pupil_flag_once ON pupil_flag (school_id, pupil_id, kind) WHERE until IS NULL;
"""
