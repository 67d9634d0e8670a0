"""Why an alert was withdrawn, and the note with which somebody was alerted: said once, and kept."""

from shared.migrations import protect, run_script

revision = "0003"
down_revision = "0002"

SERVICE = "alerting"


def upgrade() -> None:
    run_script(_REMARKS)
    protect(SERVICE, "alert_remark", app="SELECT, INSERT")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_REMARKS = """
CREATE TABLE alert_remark (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    alert_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('withdrawn', 'note')),
    by_id uuid NOT NULL,
    words text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, alert_id) REFERENCES alert (school_id, id)
);
CREATE INDEX alert_remark_by_alert ON alert_remark (school_id, alert_id, id);
"""
