"""When somebody wants mails that can wait, and the mails that wait until then."""

from shared.migrations import protect, run_script

revision = "0006"
down_revision = "0005"

SERVICE = "alerting"


def upgrade() -> None:
    run_script(_TABLES)
    protect(SERVICE, "mail_choice", app="SELECT, INSERT, UPDATE (version, words, changed_at)")
    protect(SERVICE, "held_mail", app="SELECT, INSERT, UPDATE (due_at, ended_at)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_TABLES = """
CREATE TABLE mail_choice (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    version bigint NOT NULL,
    words jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (school_id, staff_id)
);
CREATE TABLE held_mail (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL,
    incident_id uuid NOT NULL,
    about_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES told_incident (school_id, id)
);
CREATE INDEX held_mail_waiting ON held_mail (school_id, due_at) WHERE ended_at IS NULL;
CREATE INDEX held_mail_of_incident ON held_mail (school_id, incident_id) WHERE ended_at IS NULL;
"""
