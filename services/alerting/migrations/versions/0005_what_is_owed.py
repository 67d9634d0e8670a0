"""What somebody is to do and by when, that the next in line was told, and what an author was told of."""

from shared.migrations import protect, run_script

revision = "0005"
down_revision = "0004"

SERVICE = "alerting"


def upgrade() -> None:
    run_script(_TABLES)
    changes = "deputy_id, considered_id, rung, look_at, set_at, done_at, done_by_id"
    protect(SERVICE, "duty", app=f"SELECT, INSERT, UPDATE ({changes})")
    protect(SERVICE, "duty_escalation", app="SELECT, INSERT")
    protect(SERVICE, "author_notice", app="SELECT, INSERT, UPDATE (seen_at)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# The key of duty_escalation is what makes each rung be told once, whatever else goes wrong.
_TABLES = """
CREATE TABLE duty (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    given_by_id uuid NOT NULL,
    promise boolean NOT NULL,
    given_at timestamptz NOT NULL,
    due_at timestamptz,
    deputy_id uuid,
    considered_id uuid,
    rung smallint NOT NULL,
    look_at timestamptz,
    set_at timestamptz NOT NULL,
    done_at timestamptz,
    done_by_id uuid,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
CREATE INDEX duty_open ON duty (school_id, due_at, id) WHERE done_at IS NULL;
CREATE INDEX duty_to_look_at ON duty (school_id, look_at) WHERE done_at IS NULL;
CREATE INDEX duty_of ON duty (school_id, owner_id) WHERE done_at IS NULL;
CREATE TABLE duty_escalation (
    school_id uuid NOT NULL,
    duty_id uuid NOT NULL,
    rung smallint NOT NULL,
    fired_at timestamptz NOT NULL,
    PRIMARY KEY (school_id, duty_id, rung),
    FOREIGN KEY (school_id, duty_id) REFERENCES duty (school_id, id)
);
CREATE TABLE author_notice (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    seen_at timestamptz,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
CREATE INDEX author_notice_of ON author_notice (school_id, staff_id, id);
CREATE INDEX author_notice_by_incident ON author_notice (school_id, incident_id);
"""
