"""By when an incident must be read, and that the next in line was told."""

from shared.migrations import protect, run_script

revision = "0004"
down_revision = "0003"

SERVICE = "alerting"


def upgrade() -> None:
    run_script(_TABLES)
    protect(SERVICE, "escalation_settings", app="SELECT, INSERT, UPDATE (version, words, changed_at)")
    protect(SERVICE, "reading_watch", app="SELECT, INSERT, UPDATE (rung, due_at, set_at, ended_at)")
    protect(SERVICE, "escalation", app="SELECT, INSERT")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# The key of escalation is what makes each rung be told once, whatever else goes wrong.
_TABLES = """
CREATE TABLE escalation_settings (
    school_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    words jsonb NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE TABLE reading_watch (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    rung smallint NOT NULL,
    due_at timestamptz NOT NULL,
    set_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (school_id, incident_id),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
CREATE INDEX reading_watch_open ON reading_watch (school_id, due_at) WHERE ended_at IS NULL;
CREATE TABLE escalation (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    rung smallint NOT NULL,
    fired_at timestamptz NOT NULL,
    PRIMARY KEY (school_id, incident_id, rung),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
"""
