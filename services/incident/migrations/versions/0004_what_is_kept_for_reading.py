"""When somebody last looked at a child, and the events of a child's record that somebody called significant."""

from shared.migrations import protect, run_script

revision = "0004"
down_revision = "0003"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_TABLES)
    protect(SERVICE, "last_look", app='SELECT, INSERT, UPDATE (at, "before")')
    # A judgement is replaced by the next one, never changed: both stay on the record.
    protect(SERVICE, "significant_event")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# No key to pupil for a look: it is a note of the reader's, not a part of the record.
_TABLES = """
CREATE TABLE last_look (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    at timestamptz NOT NULL,
    "before" timestamptz,
    PRIMARY KEY (school_id, staff_id, pupil_id)
);
CREATE TABLE significant_event (
    school_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    version integer NOT NULL,
    headline text,
    analysis text,
    reason text,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, pupil_id, incident_id, version),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil,
    FOREIGN KEY (school_id, incident_id) REFERENCES incident,
    CHECK ((headline IS NULL) = (reason IS NOT NULL))
);
"""
