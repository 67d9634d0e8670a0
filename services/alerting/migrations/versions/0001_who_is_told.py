"""Copies of who works where, the rules, and who was told of which incident."""

from shared.migrations import house_tables_v1, protect, run_script, trustwide

revision = "0001"
down_revision = None

SERVICE = "alerting"


def upgrade() -> None:
    house_tables_v1(SERVICE)
    run_script(_COPIES)
    run_script(_RULES)
    run_script(_ALERTS)
    trustwide(SERVICE, "known_school", app="SELECT, INSERT")
    trustwide(SERVICE, "trust_staff", app="SELECT, INSERT, UPDATE (roles, disabled, version)")
    protect(SERVICE, "staff_copy", app="SELECT, INSERT, UPDATE (roles, class_ids, disabled, version)")
    protect(SERVICE, "group_copy", app="SELECT, INSERT, UPDATE (member_ids, active, version)")
    protect(SERVICE, "shield_copy", app="SELECT, INSERT, UPDATE (staff_id, pupil_id, incident_id, active, version)")
    protect(SERVICE, "rule_set", app="SELECT, INSERT, UPDATE (version, changed_at)")
    protect(SERVICE, "rule", app="SELECT, INSERT, UPDATE (retired_at)")
    protect(SERVICE, "told_incident", app=f"SELECT, INSERT, UPDATE ({_INCIDENT_CHANGES})")
    # The trust's safeguarding lead has alerts in several schools and sees their list whichever they are in.
    protect(SERVICE, "alert", app=f"SELECT, INSERT, UPDATE ({_ALERT_CHANGES})", own_rows="staff_id")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_INCIDENT_CHANGES = (
    "urgent, sensitivity, pupil_ids, facts, facts_version, version, closed, status_version, first_read_at"
)
_ALERT_CHANGES = "why, rule_ids, state, read_at, acknowledged_at, done_at, withdrawn_at"

_COPIES = """
CREATE TABLE known_school (
    id uuid PRIMARY KEY
);
CREATE TABLE trust_staff (
    staff_id uuid PRIMARY KEY,
    roles text[] NOT NULL,
    disabled boolean NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE staff_copy (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    roles text[] NOT NULL,
    class_ids uuid[] NOT NULL,
    disabled boolean NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, staff_id)
);
CREATE TABLE group_copy (
    school_id uuid NOT NULL,
    group_id uuid NOT NULL,
    member_ids uuid[] NOT NULL,
    active boolean NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, group_id)
);
CREATE TABLE shield_copy (
    school_id uuid NOT NULL,
    shield_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    pupil_id uuid,
    incident_id uuid,
    active boolean NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, shield_id)
);
"""

# A rule is never changed and never deleted: a new set retires the old one, so that "why was I told" stays answerable.
_RULES = """
CREATE TABLE rule_set (
    school_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE TABLE rule (
    school_id uuid NOT NULL REFERENCES rule_set,
    id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    category_ids uuid[] NOT NULL,
    at_least smallint,
    up_to smallint,
    year_groups text[] NOT NULL,
    roles text[] NOT NULL,
    group_ids uuid[] NOT NULL,
    staff_ids uuid[] NOT NULL,
    class_teachers boolean NOT NULL,
    made_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (school_id, id)
);
CREATE INDEX rule_in_force ON rule (school_id, position) WHERE retired_at IS NULL;
"""

# version counts the alert events of an incident: its row is locked by it before each of them goes to the outbox.
_ALERTS = """
CREATE TABLE told_incident (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    logged_at timestamptz NOT NULL,
    urgent boolean NOT NULL,
    sensitivity smallint NOT NULL,
    pupil_ids uuid[] NOT NULL,
    facts jsonb NOT NULL,
    facts_version bigint NOT NULL,
    version bigint NOT NULL,
    closed boolean NOT NULL,
    status_version bigint NOT NULL,
    first_read_at timestamptz,
    PRIMARY KEY (school_id, id)
);
CREATE INDEX told_incident_by_time ON told_incident (school_id, logged_at);
CREATE TABLE alert (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    why text[] NOT NULL,
    rule_ids uuid[] NOT NULL,
    state text NOT NULL CHECK (state IN ('unread', 'read', 'acknowledged', 'done', 'withdrawn')),
    urgent boolean NOT NULL,
    raised_at timestamptz NOT NULL,
    read_at timestamptz,
    acknowledged_at timestamptz,
    done_at timestamptz,
    withdrawn_at timestamptz,
    PRIMARY KEY (school_id, id),
    UNIQUE (school_id, incident_id, staff_id),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
CREATE INDEX alert_waiting ON alert (staff_id, urgent, id) WHERE state IN ('unread', 'read', 'acknowledged');
CREATE INDEX alert_unread ON alert (school_id, raised_at) WHERE state = 'unread';
"""
